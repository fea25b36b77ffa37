"""The profiles of the firm: what each may do, as data."""

import pytest

from o2s_core import administration
from o2s_core.administration import profiles
from o2s_core.kernel.errors import PermissionDeniedError
from o2s_core.kernel.permissions import Permission
from tests.kit.firm import NOW, TODAY


def may(code):
    return profiles()[code].permissions


def test_the_default_profiles_are_there():
    assert list(profiles()) == [
        "administrateur",
        "manager",
        "conseiller",
        "conseiller_junior",
        "assistant",
        "analyste",
        "conformite",
        "lecture_seule",
    ]


def test_every_right_has_a_french_name_and_a_module():
    assert not [p.value for p in Permission if p.label == p.value or not p.module]


def test_every_right_is_held_by_somebody():
    assert set(Permission) == set().union(*(p.permissions for p in profiles().values()))


@pytest.mark.parametrize(
    ("code", "right"),
    [
        ("administrateur", Permission.CONTACT_READ),
        ("administrateur", Permission.PORTFOLIO_READ),
        ("administrateur", Permission.DATA_EXPORT_ALL),
        ("manager", Permission.USER_WRITE),
        ("manager", Permission.AUDIT_READ),
        ("conseiller", Permission.FEED_CANCEL),
        ("conseiller", Permission.USER_READ),
        ("conseiller_junior", Permission.CONTACT_DELETE),
        ("conseiller_junior", Permission.ACCOUNT_DELETE),
        ("assistant", Permission.CONTACT_EXPORT),
        ("assistant", Permission.CONTACT_DELETE),
        ("analyste", Permission.CONTACT_READ),
        ("conformite", Permission.CONTACT_WRITE),
        ("conformite", Permission.SITUATION_WRITE),
        ("lecture_seule", Permission.CONTACT_EXPORT),
    ],
)
def test_a_profile_may_not(code, right):
    assert right not in may(code)


def test_reading_only_writes_nothing():
    writes = {p for p in may("lecture_seule") if not p.value.endswith((".read", ".view"))}
    assert writes == {Permission.SELF_MANAGE}


def test_a_refusal_names_the_right_in_french(firm):
    ctx = administration.context_as(firm.place, "alice", NOW, TODAY)
    with pytest.raises(PermissionDeniedError, match="« Consulter les utilisateurs »"):
        administration.users(ctx)


def test_the_matrix_says_what_the_core_enforces(firm):
    matrix = administration.rights_matrix(firm.operator)
    for row in matrix.rows.iter_rows(named=True):
        for code, profile in profiles().items():
            assert row[code] == (Permission(row["right"]) in profile.permissions)
    assert sum(card.users for card in matrix.profiles) == len(firm.user_ids)
