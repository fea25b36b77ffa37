"""The pages of the Administration and « Mon compte »: they open, show, and refuse (S-093)."""

from dataclasses import replace

import pytest

from o2s_core import administration, store
from o2s_core.administration import AgencyForm, TeamForm, UserForm
from o2s_core.kernel.errors import NotFoundError
from tests.kit import pages
from tests.kit.access import PASSWORD, give_passwords, visitor
from tests.kit.firm import NOW, TODAY

ALL = (
    "administration.py",
    "firm.py",
    "agencies.py",
    "users.py",
    "rights.py",
    "audit_log.py",
    "backups.py",
)


def page(firm, login, file):
    return pages.open_page(firm, login, f"administration/{file}")


def button(at, label):
    return next(b for b in at.button if b.label == label)


@pytest.mark.parametrize("file", [*ALL, "my_account.py"])
def test_it_opens_for_the_administrator(firm, file):
    at = page(firm, "admin", file)
    assert not at.exception
    assert not at.error


@pytest.mark.parametrize("file", ALL)
@pytest.mark.parametrize("login", ["alice", "assistant", "analyste"])
def test_it_refuses_who_may_not(firm, login, file):
    at = page(firm, login, file)
    assert "Votre profil ne donne pas le droit" in pages.shown(at)
    assert not pages.components(at, "table")


@pytest.mark.parametrize(
    "login", ["alice", "manager", "analyste", "conformite", "assistant", "admin"]
)
def test_everybody_has_their_own_account(firm, login):
    at = page(firm, login, "my_account.py")
    assert not at.exception
    assert login in pages.shown(at)


def test_the_compliance_officer_reads_the_trail_and_changes_nothing(firm):
    assert not page(firm, "conformite", "audit_log.py").exception
    at = page(firm, "conformite", "firm.py")
    assert "Enregistrer" not in [b.label for b in at.button]
    assert "Nouvel utilisateur" not in [
        b.label for b in page(firm, "conformite", "users.py").button
    ]


def test_the_general_page_says_what_waits_for_an_administrator(firm):
    at = page(firm, "admin", "administration.py")
    assert "Fiche du cabinet incomplète" in pages.shown(at)
    assert "Sauvegarde en retard" in pages.shown(at)


def test_users_are_listed_with_profile_and_state(firm):
    rows = pages.table(page(firm, "admin", "users.py"))
    alice = next(row for row in rows if row[0] == "Alice")
    assert alice[:4] == ["Alice", "alice", "Conseiller", "Ses clients"]
    assert alice[-1] == "Actif"


def test_a_missing_mandatory_field_of_the_firm_is_named(firm):
    at = page(firm, "admin", "firm.py")
    button(at, "Enregistrer").click().run()
    assert "Veuillez renseigner : Adresse, SIREN, Numéro ORIAS." in pages.shown(at)


def test_agencies_show_their_teams_and_members(firm):
    operator = firm.operator
    paris = administration.add_agency(operator, AgencyForm("Paris", "1 rue de la Paix"))
    administration.add_team(operator, TeamForm("Conseil", paris, firm.user_ids["manager"]))
    text = pages.shown(page(firm, "admin", "agencies.py"))
    assert "1 rue de la Paix" in text
    assert "Conseil" in text


def test_the_matrix_shows_a_module_at_a_time(firm):
    at = page(firm, "admin", "rights.py")
    rows = pages.table(at, 1)
    assert ["Voir l'accueil", *["●"] * 8] in rows


def test_the_trail_says_who_did_what_in_french(firm):
    give_passwords(firm.place)
    administration.sign_in(visitor(firm.place), "bruno", PASSWORD)
    rows = pages.table(page(firm, "admin", "audit_log.py"))
    assert any(row[2:5] == ["bruno", "Connexion", "Utilisateur"] for row in rows)


def test_the_chain_is_checked_on_demand(firm):
    administration.save_setting(firm.operator, "firm", "table.page_size", 100)
    at = page(firm, "admin", "audit_log.py")
    button(at, "Vérifier le chaînage").click().run()
    assert "Chaîne intacte" in pages.shown(at)


def test_a_backup_is_asked_once_and_left_to_the_worker(firm):
    at = page(firm, "admin", "backups.py")
    button(at, "Sauvegarder maintenant").click().run()
    assert [job.state for job in store.jobs(firm.operator, kind="store.backup")] == ["queued"]
    assert button(at, "Sauvegarder maintenant").disabled


def test_a_backup_that_was_taken_is_listed_and_fetched_once(firm):
    admin = administration.context_as(firm.place, "admin", NOW, TODAY)
    administration.run_backup(admin)
    store.run_due(firm.place, store.HANDLERS, lambda: NOW)
    found = administration.backups(admin)
    assert found.rows.height == 1
    ticket = administration.backup_ticket(admin, found.rows["name"][0])
    fetched = administration.redeem(firm.place, ticket, admin.user_id, NOW, TODAY)
    assert fetched.path.read_bytes()


@pytest.mark.parametrize(
    "name", ["../home.key", "/etc/passwd", "..", "absent.o2sbackup", "2026-11-24.txt"]
)
def test_nothing_but_a_backup_is_fetched_as_one(firm, name):
    with pytest.raises(NotFoundError):
        administration.backup_ticket(firm.operator, name)


def test_a_preference_is_kept_with_its_origin(firm):
    at = page(firm, "alice", "my_account.py")
    chosen = next(box for box in at.selectbox if box.label == "Lignes par page")
    chosen.set_value(100).run()
    found = administration.setting(firm.alice, "table.page_size")
    assert (found.value, found.origin_label) == (100, "défini par vous")


def test_a_user_of_another_firm_is_not_listed(firm):
    elsewhere = replace(firm.operator, firm_id=2)
    administration.add_user(elsewhere, UserForm("ailleurs", "Ailleurs", "conseiller"))
    assert "Ailleurs" not in pages.shown(page(firm, "admin", "users.py"))
