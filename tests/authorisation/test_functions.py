"""Who may ask what of the core: every public function, every profile, really called."""

import pytest
from sqlalchemy import event

from o2s_core import store
from o2s_core.administration.profiles import profiles
from o2s_core.documents.owners import READERS, WRITERS
from o2s_core.kernel.errors import O2SError, PermissionDeniedError
from o2s_core.kernel.permissions import Permission
from o2s_core.market.matching import CREATORS
from o2s_core.portfolio.recording import FEEDING
from tests.authorisation import asked, matrix

#: Rights that change nothing but what is one's own.
READING = {
    "home.view", "notification.view", "self.manage", "contact.read", "portfolio.read",
    "movement.read", "market.read", "document.read", "wealth.read",
}  # fmt: skip
#: Functions that start by a right among several.
AMONG = {
    "require_feeding(tx.ctx)": FEEDING, "_require_creator(tx.ctx)": CREATORS,
    "require_reader(ctx)": READERS, "require_writer(ctx)": WRITERS,
}  # fmt: skip
#: What gives no data by itself.
OPEN = {"administration.inside"}
CLIENTS = ("contacts.", "portfolio.", "aggregation.", "wealth.")


def rows():
    return matrix.rows("function")


def test_every_function_of_the_core_has_its_row_and_every_row_its_function():
    missing, left = set(matrix.functions()) - set(rows()), set(rows()) - set(matrix.functions())
    assert not missing, f"add to tests/authz.csv: {sorted(missing)}"
    assert not left, f"take out of tests/authz.csv: {sorted(left)}"


def test_the_profiles_are_those_of_the_matrix():
    assert set(profiles()) == set(matrix.PROFILES)


@pytest.mark.parametrize("name", sorted(set(matrix.functions()) - OPEN))
def test_a_function_asks_for_its_right_before_anything_else(name):
    statement = matrix.first_statement(matrix.functions()[name])
    named = {Permission[p].value for p in matrix.required(statement)}
    among = {p.value for p in AMONG.get(statement, ())}
    assert among or statement.startswith(("ctx.require(", "tx.ctx.require(")), statement
    assert set(rows()[name].permissions) == (among or named)


@pytest.mark.parametrize("profile", matrix.PROFILES)
def test_what_a_profile_may_ask_follows_from_its_rights(profile):
    held = {p.value for p in profiles()[profile].permissions}
    wrong = [
        row.name
        for row in rows().values()
        if (profile in row.allowed) != (not row.permissions or bool(held & set(row.permissions)))
    ]
    assert not wrong


@pytest.mark.parametrize("profile", matrix.PROFILES)
def test_a_profile_gets_what_the_matrix_says_and_nothing_else(world, profile):
    """A refusal comes before the first query; what is allowed is never refused further down."""
    ctx = world.as_profile(profile)
    asked_of_store = []
    event.listen(
        store.engine(world.place), "before_cursor_execute", lambda *a: asked_of_store.append(a[2])
    )
    wrong = []
    for name, function in matrix.functions().items():
        given = asked.arguments(function, world, world.alice)
        allowed = profile in rows()[name].allowed
        refused = False
        try:
            with asked.asker(function, ctx) as under:
                asked_of_store.clear()
                function(under, **given)
        except PermissionDeniedError:
            refused = True
        except O2SError:
            pass  # whatever else it says, it was not the right
        except Exception as defect:  # noqa: BLE001 - all are listed at once
            wrong.append(f"{name}: {type(defect).__name__}: {defect}")
        if refused == allowed or (refused and asked_of_store):
            wrong.append(f"{name}: refused={refused}, queries={len(asked_of_store)}")
    assert not wrong


def test_the_analyst_and_the_administrator_are_told_nothing_of_clients():
    """Two are about oneself: the bell, and that it was read; one deletes a model of the firm."""
    allowed = {
        row.name
        for row in rows().values()
        if row.name.startswith(CLIENTS) and {"analyste", "administrateur"} & row.allowed
    }
    about_oneself = {"aggregation.news", "aggregation.mark_seen"}
    assert allowed == about_oneself | {"portfolio.delete_model"}


def test_a_reader_writes_nothing():
    written = {p for r in rows().values() if "lecture_seule" in r.allowed for p in r.permissions}
    assert written <= READING


def test_a_junior_deletes_nothing():
    verbs = ("delete", "purge", "cancel", "accept", "reassign")
    mine = profiles()["conseiller_junior"].permissions
    assert not [p for p in mine if p.value.endswith(verbs)]
    deleting = [r.name for r in rows().values() if "delete" in r.name or "purge" in r.name]
    assert deleting
    assert not [name for name in deleting if "conseiller_junior" in rows()[name].allowed]


def test_compliance_reads_every_file_and_changes_none():
    mine = {p.value for p in profiles()["conformite"].permissions}
    allowed = ("read", "view", "export", "sensitive", "manage", "download", "user_read",
               "firm_read", "rights_read", "user_export", "score")  # fmt: skip
    assert not [p for p in mine if p.split(".")[1] not in allowed]


def test_only_the_administrator_touches_accesses():
    touching = [
        row
        for row in rows().values()
        if any(p.startswith("admin.") and not p.endswith(("read", "view")) for p in row.permissions)
    ]
    assert len(touching) > 10
    assert {tuple(row.allowed) for row in touching} == {("administrateur",)}
