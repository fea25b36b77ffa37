"""The firm: founded once, described once, its settings with their origin."""

from dataclasses import replace

import pytest

from o2s_core import administration, store
from o2s_core.administration import FirmForm
from o2s_core.kernel.context import Place
from o2s_core.kernel.errors import (
    InvalidInputError,
    NotFoundError,
    PermissionDeniedError,
    StaleEditError,
    StoreError,
)
from tests.kit.access import visitor
from tests.kit.firm import NOW, TODAY

SAID = FirmForm(
    "Cabinet Morel",
    siren="732 829 320",
    address="1 rue des Lilas, Lyon",
    orias_number="12345678",
    statuses="cif,coa",
)


@pytest.fixture
def empty(tmp_path):
    made = Place(tmp_path / "new", f"sqlite:///{tmp_path / 'new' / 'o2s.sqlite3'}")
    yield made
    store.close(made)


def test_founding_gives_one_administrator_whose_password_must_change(empty):
    made = administration.init(empty, NOW, TODAY, firm_name="Cabinet Morel")
    step = administration.sign_in(visitor(empty), made.login, made.password)
    assert step.pending == "enrol"  # the second factor first: on after a founding
    assert empty.key_path.stat().st_mode & 0o777 == 0o600


def test_founding_twice_changes_nothing(empty):
    first = administration.init(empty, NOW, TODAY)
    again = administration.init(empty, NOW, TODAY)
    assert (again.firm_id, again.password) == (first.firm_id, None)
    assert administration.sign_in(visitor(empty), first.login, first.password).pending == "enrol"


def test_no_account_exists_before_the_founding(empty):
    assert administration.front_door(empty).firm_name == ""


def test_without_a_firm_the_command_line_says_what_to_do(empty):
    store.migrate(empty)
    with pytest.raises(StoreError, match="o2s init"):
        administration.operator(empty, NOW, TODAY)


def test_the_door_of_a_real_firm_names_nobody(firm):
    """Logins are listed for a demonstration firm only."""
    door = administration.front_door(firm.place)
    assert (door.firm_name, door.demo_logins) == ("Cabinet d'essai", ())


def test_the_firm_says_who_it_is(firm):
    card = administration.firm(firm.operator)
    administration.edit_firm(firm.operator, SAID, card.version)
    found = administration.firm(firm.operator)
    assert found.form == SAID
    assert found.status_labels == [administration.STATUSES["cif"], administration.STATUSES["coa"]]
    assert FirmForm.of(found.form.values) == SAID


def test_what_is_missing_is_named_at_once(firm):
    with pytest.raises(InvalidInputError, match="Raison sociale, Adresse, SIREN, Numéro ORIAS"):
        administration.edit_firm(firm.operator, FirmForm(""), 1)


def test_a_siren_has_its_key(firm):
    with pytest.raises(InvalidInputError, match="SIREN"):
        administration.edit_firm(firm.operator, replace(SAID, siren="732 829 321"), 1)


def test_a_stale_edit_is_refused(firm):
    card = administration.firm(firm.operator)
    administration.edit_firm(firm.operator, SAID, card.version)
    with pytest.raises(StaleEditError, match="Raison sociale : enregistré « Cabinet Morel »"):
        administration.edit_firm(firm.operator, replace(SAID, name="Autre"), card.version)


def test_only_who_may_changes_it(firm):
    for login in ("alice", "manager", "conformite"):
        with pytest.raises(PermissionDeniedError):
            administration.edit_firm(
                administration.context_as(firm.place, login, NOW, TODAY), SAID, 1
            )


def test_a_setting_says_where_its_value_comes_from(firm):
    def origin(ctx):
        found = administration.setting(ctx, "table.page_size")
        return found.value, found.origin_label

    assert origin(firm.alice) == (50, "valeur par défaut")
    administration.save_setting(firm.operator, "firm", "table.page_size", 100)
    assert origin(firm.alice) == (100, "défini par le cabinet")
    administration.save_setting(firm.alice, "user", "table.page_size", 20)
    assert origin(firm.alice) == (20, "défini par vous")
    assert origin(firm.bruno) == (100, "défini par le cabinet")
    administration.save_setting(firm.alice, "user", "table.page_size", None)
    assert origin(firm.alice) == (100, "défini par le cabinet")


def test_a_setting_of_the_team_lies_between(firm):
    from o2s_core.administration import TeamForm
    from o2s_core.administration.models import User

    agency = administration.agencies(firm.operator)[0].id
    team = administration.add_team(firm.operator, TeamForm("Terrain", agency))
    with store.tx(firm.operator) as tx:
        tx.session.get_one(User, firm.user_ids["alice"]).team_id = team
    administration.save_setting(firm.operator, "firm", "table.page_size", 100)
    administration.save_setting(firm.alice, "team", "table.page_size", 200)
    assert (
        administration.setting(firm.alice, "table.page_size").origin_label
        == "défini par votre équipe"
    )
    assert administration.setting(firm.bruno, "table.page_size").value == 100


def test_a_setting_outside_its_list_or_level_is_refused(firm):
    with pytest.raises(InvalidInputError, match="valeur de la liste"):
        administration.save_setting(firm.operator, "firm", "table.page_size", 7)
    with pytest.raises(InvalidInputError, match="ce niveau"):
        administration.save_setting(firm.alice, "user", "session.idle_minutes", 5)
    with pytest.raises(NotFoundError):
        administration.setting(firm.alice, "inconnu")
    with pytest.raises(InvalidInputError, match="pas d'équipe"):
        administration.save_setting(firm.bruno, "team", "table.page_size", 20)


def test_only_the_administrator_sets_for_the_firm(firm):
    ctx = administration.context_as(firm.place, "alice", NOW, TODAY)
    with pytest.raises(PermissionDeniedError, match="Régler le cabinet"):
        administration.save_setting(ctx, "firm", "table.page_size", 20)
    with pytest.raises(PermissionDeniedError, match="sécurité"):
        administration.save_setting(ctx, "firm", "session.idle_minutes", 5)
