"""A delivery that is taken back leaves the figures as if it had never come."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from o2s_core import aggregation
from o2s_core.kernel.errors import InvalidInputError, NotFoundError, PermissionDeniedError
from o2s_core.kernel.permissions import Permission
from tests import kit
from tests.kit import documents as doc
from tests.kit.facts import facts


@pytest.fixture
def anne(firm):
    return kit.person(
        firm.operator, "Martin", "Anne", file_code="C00001", adviser=firm.user_ids["alice"]
    )


def receive(firm, *accounts, **more):
    return aggregation.receive(firm.operator, doc.document(*accounts, **more), contact="C00001")


def october(quantity="10", net="100"):
    return doc.holding(
        "A1",
        [doc.line(quantity=quantity, value=str(100 * int(quantity)))],
        movements=[doc.moved(net=net)],
    )


def test_the_figures_are_as_before(firm, anne):
    receive(firm, october())
    before = facts(firm.operator)
    report = receive(firm, october("12", "250"))
    assert facts(firm.operator) != before
    taken = aggregation.cancel(firm.operator, report.delivery_id, "envoyé par erreur")
    assert (taken.situations, taken.accounts) == (1, 1)
    assert facts(firm.operator) == before


def test_everything_stays_readable(firm, anne):
    report = receive(firm, october())
    aggregation.cancel(firm.operator, report.delivery_id, "erreur")
    card = aggregation.delivery(firm.operator, report.delivery_id)
    assert (card.state, card.message) == ("cancelled", "Annulée : erreur")
    assert card.accounts.height == 1
    assert aggregation.raw_rows(firm.operator, report.delivery_id).height > 0


def test_the_same_file_may_come_again(firm, anne):
    first = receive(firm, october())
    after_first = facts(firm.operator)
    aggregation.cancel(firm.operator, first.delivery_id, "erreur")
    again = receive(firm, october())
    assert again.state == "committed"
    assert facts(firm.operator) == after_first


def test_what_another_delivery_had_said_too_is_still_there(firm, anne):
    first = receive(firm, october())
    after_first = facts(firm.operator)
    receive(firm, october(), couleur="bleu")  # the same facts in other bytes
    aggregation.cancel(firm.operator, first.delivery_id, "erreur")
    assert facts(firm.operator) == after_first


def test_a_cancelled_delivery_leaves_the_queue(firm, anne):
    report = aggregation.receive(firm.operator, doc.document(doc.holding("Z9")), "f.json")
    aggregation.cancel(firm.operator, report.delivery_id, "erreur")
    assert aggregation.accounts_to_attach(firm.operator).is_empty()


def test_it_is_taken_back_once_with_a_reason_and_the_right(firm, anne):
    report = receive(firm, october())
    poor = replace(firm.operator, permissions=firm.operator.permissions - {Permission.FEED_CANCEL})
    with pytest.raises(PermissionDeniedError):
        aggregation.cancel(poor, report.delivery_id, "motif")
    with pytest.raises(InvalidInputError, match="Motif"):
        aggregation.cancel(firm.operator, report.delivery_id, "")
    aggregation.cancel(firm.operator, report.delivery_id, "motif")
    with pytest.raises(InvalidInputError, match="déjà annulée"):
        aggregation.cancel(firm.operator, report.delivery_id, "motif")


def test_the_delivery_of_others_does_not_exist(firm, anne):
    report = receive(firm, october())
    with pytest.raises(NotFoundError):
        aggregation.cancel(firm.bruno, report.delivery_id, "motif")


STORY = st.lists(
    st.tuples(
        st.sampled_from(["2026-08-31", "2026-09-30", "2026-10-31"]),
        st.integers(1, 3),
        st.lists(st.sampled_from(["10", "20"]), max_size=2),
    ),
    min_size=1,
    max_size=4,
)


@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(story=STORY, which=st.integers(0, 3))
def test_taking_back_any_delivery_is_as_if_it_had_never_come(place, firm, anne, story, which):
    """Without it, the others would have given the same facts: compared with another client."""
    kept = [told for n, told in enumerate(story) if n != which % len(story)]
    here, there = _fresh_client(firm), _fresh_client(firm)
    ids = [_deliver(firm, here, n, told) for n, told in enumerate(story)]
    target = ids[which % len(story)]
    if target is not None:
        aggregation.cancel(firm.operator, target, "essai")
    for n, told in enumerate(kept):
        _deliver(firm, there, n, told)
    assert _of(firm, here) == _of(firm, there)


def _fresh_client(firm):
    _fresh_client.count = getattr(_fresh_client, "count", 100) + 1
    code = f"C{_fresh_client.count:05d}"
    kit.person(firm.operator, "Martin", "Anne", file_code=code)
    return code


def _deliver(firm, code, n, told):
    as_of, quantity, nets = told
    account = doc.holding(
        f"K-{code}",
        [doc.line(quantity=str(quantity), value=str(100 * quantity))],
        as_of,
        movements=[doc.moved(net=net, trade_on=as_of) for net in nets],
    )
    ctx = replace(firm.operator, now=firm.operator.now + timedelta(minutes=n))
    data = doc.document(account, nonce=f"{code}-{n}-{told}")
    return aggregation.receive(ctx, data, contact=code).delivery_id


def _of(firm, code):
    """The facts of one client, without the identities that differ between two."""
    from sqlmodel import select

    from o2s_core import store
    from o2s_core.portfolio.models import Account

    with store.reading(firm.operator) as session:
        ids = session.exec(select(Account.id).where(Account.number == f"K-{code}")).all()
    held, moved = facts(firm.operator)
    return [s[1:] for s in held if s[0] in ids], [m[1:] for m in moved if m[0] in ids]
