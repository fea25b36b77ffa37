"""Users of the firm: created, changed, disabled, never deleted; nobody raises their own rights (S-093)."""

from dataclasses import replace

import pytest

from o2s_core import administration, store
from o2s_core.administration import UserForm
from o2s_core.kernel.errors import (
    InvalidInputError,
    NotFoundError,
    PermissionDeniedError,
    StaleEditError,
)
from tests.kit.access import give_passwords, visitor
from tests.kit.firm import NOW, TODAY

CLAIRE = UserForm(
    "claire",
    "Morel",
    "conseiller",
    first_name="Claire",
    email="claire@essai.fr",
    agency_id=1,
    is_adviser=True,
)


def admin(firm):
    return administration.context_as(firm.place, "admin", NOW, TODAY)


def edited(firm, login, **changes):
    file = administration.user(firm.operator, firm.user_ids[login])
    said = {"first_name": "Prénom", "email": f"{login}@essai.fr"} | changes
    return file, replace(file.form, **said)


def test_a_new_user_gets_a_temporary_password_and_signs_in_with_it(firm):
    made = administration.add_user(admin(firm), CLAIRE)
    step = administration.sign_in(visitor(firm.place), "claire", made.password)
    assert step.pending == "password"


def test_a_given_password_is_not_temporary_and_must_be_good(firm):
    with pytest.raises(InvalidInputError, match="12 caractères"):
        administration.add_user(firm.operator, CLAIRE, password="court")
    made = administration.add_user(firm.operator, CLAIRE, password="une phrase assez longue")
    assert made.password is None
    assert (
        administration.sign_in(visitor(firm.place), "claire", "une phrase assez longue").pending
        == ""
    )


def test_everything_missing_is_named_at_once(firm):
    with pytest.raises(InvalidInputError) as refusal:
        administration.add_user(admin(firm), UserForm("", "", ""))
    assert str(refusal.value).startswith(
        "Veuillez renseigner : Identifiant, Nom, Prénom, E-mail, Profil, Agence."
    )


@pytest.mark.parametrize(
    ("story", "change", "message"),
    [
        ("a login that exists, in capitals", {"login": "ALICE"}, "Identifiant : déjà utilisé"),
        ("a login with a space", {"login": "claire morel"}, "lettres, chiffres"),
        ("an address that is none", {"email": "claire"}, "e-mail invalide"),
        ("a profile that does not exist", {"profile": "roi"}, "choisissez une valeur"),
        (
            "a perimeter that the profile does not admit",
            {"profile": "analyste", "scope": "firm"},
            "Aucun client",
        ),
    ],
)
def test_it_is_refused(firm, story, change, message):
    with pytest.raises(InvalidInputError, match=message):
        administration.add_user(admin(firm), replace(CLAIRE, **change))


def test_an_address_in_use_is_refused(firm):
    administration.add_user(admin(firm), CLAIRE)
    with pytest.raises(InvalidInputError, match="E-mail : déjà utilisé"):
        administration.add_user(
            admin(firm), replace(CLAIRE, login="claire2", email="Claire@Essai.fr")
        )


def test_an_administrator_never_sees_clients_even_by_perimeter(firm):
    file, form = edited(firm, "admin", scope="firm")
    with pytest.raises(InvalidInputError, match="Aucun client"):
        administration.edit_user(firm.operator, file.id, form, file.version)


def test_nobody_raises_their_own_rights(firm):
    administration.add_user(
        firm.operator, UserForm("second", "Second", "administrateur", scope="none")
    )
    file, form = edited(firm, "admin", profile="manager", scope="firm")
    with pytest.raises(InvalidInputError, match="ses propres droits"):
        administration.edit_user(admin(firm), file.id, form, file.version)


def test_one_may_correct_one_s_own_name(firm):
    file, form = edited(firm, "admin", last_name="Durand")
    administration.edit_user(admin(firm), file.id, form, file.version)
    assert administration.user(firm.operator, file.id).form.last_name == "Durand"


def test_the_last_administrator_stays(firm):
    file, form = edited(firm, "admin", profile="manager", scope="firm")
    with pytest.raises(InvalidInputError, match="au moins un administrateur"):
        administration.edit_user(firm.operator, file.id, form, file.version)
    with pytest.raises(InvalidInputError, match="au moins un administrateur"):
        administration.disable_user(firm.operator, firm.user_ids["admin"])
    with pytest.raises(InvalidInputError, match="votre propre accès"):
        administration.disable_user(admin(firm), firm.user_ids["admin"])


def test_a_disabled_user_is_kept_and_may_come_back(firm):
    give_passwords(firm.place)
    administration.disable_user(admin(firm), firm.user_ids["bruno"])
    rows = administration.users(admin(firm))
    assert rows.filter(login="bruno")["state"].item() == "disabled"
    assert rows["login"][-1] == "bruno"
    administration.enable_user(admin(firm), firm.user_ids["bruno"])
    assert administration.users(admin(firm)).filter(login="bruno")["state"].item() == "active"


def test_a_stale_edit_says_what_changed_and_overwrites_nothing(firm):
    file, form = edited(firm, "alice", first_name="Alicia")
    administration.edit_user(admin(firm), file.id, replace(form, first_name="Aline"), file.version)
    with pytest.raises(StaleEditError) as refusal:
        administration.edit_user(admin(firm), file.id, form, file.version)
    assert "Prénom" in [c.label for c in refusal.value.changes]
    assert administration.user(firm.operator, file.id).form.first_name == "Aline"


def test_signing_in_is_no_edit(firm):
    """An open form is not made stale by its subject's sign-in."""
    give_passwords(firm.place)
    from tests.kit.access import PASSWORD

    file, form = edited(firm, "alice", first_name="Alicia")
    administration.sign_in(visitor(firm.place), "alice", PASSWORD)
    administration.edit_user(admin(firm), file.id, form, file.version)


def test_the_trail_holds_rights_and_no_name(firm):
    file, form = edited(firm, "alice", last_name="Nom-Secret", profile="conseiller_junior")
    administration.edit_user(admin(firm), file.id, form, file.version)
    line = store.audit_lines(firm.operator).lines[0]
    assert line.before["profile"] == "conseiller"
    assert line.after["profile"] == "conseiller_junior"
    assert sorted(line.after["fields"]) == ["email", "first_name", "last_name", "profile"]
    assert "Nom-Secret" not in repr(line)


def test_a_user_of_another_firm_does_not_exist(firm):
    elsewhere = replace(firm.operator, firm_id=2)
    with pytest.raises(NotFoundError, match="Utilisateur introuvable"):
        administration.user(elsewhere, firm.user_ids["alice"])
    with pytest.raises(NotFoundError):
        administration.disable_user(elsewhere, firm.user_ids["alice"])
    with pytest.raises(NotFoundError):
        administration.reset_password(elsewhere, firm.user_ids["alice"])
    assert administration.users(elsewhere).is_empty()


def test_only_advisers_are_assisted(firm):
    form = replace(
        CLAIRE, login="assistante", profile="assistant", assists=(firm.user_ids["manager"],)
    )
    with pytest.raises(InvalidInputError, match="ne suit pas de clients"):
        administration.add_user(admin(firm), form)


def test_the_form_offers_agencies_and_teams_by_name(firm):
    schema = administration.user_schema(admin(firm))
    assert list(schema.field("agency_id").choices.values()) == ["Lyon", "Nantes"]
    typed = {
        "login": "claire",
        "last_name": "Morel",
        "profile": "conseiller",
        "scope": "own",
        "agency_id": "1",
        "team_id": None,
    }
    assert UserForm.of(typed).agency_id == 1


@pytest.mark.parametrize("login", ["alice", "manager", "analyste", "conformite", "assistant"])
def test_only_the_administrator_changes_users(firm, login):
    ctx = administration.context_as(firm.place, login, NOW, TODAY)
    refused = (
        lambda: administration.add_user(ctx, CLAIRE),
        lambda: administration.edit_user(ctx, 1, CLAIRE, 1),
        lambda: administration.disable_user(ctx, 1),
        lambda: administration.enable_user(ctx, 1),
        lambda: administration.reset_password(ctx, 1),
        lambda: administration.reset_second_factor(ctx, 1),
        lambda: administration.close_sessions_of(ctx, 1),
    )
    for verb in refused:
        with pytest.raises(PermissionDeniedError):
            verb()


def test_one_s_own_access_is_not_reset_here(firm):
    with pytest.raises(InvalidInputError, match="Mon compte"):
        administration.reset_password(admin(firm), firm.user_ids["admin"])
