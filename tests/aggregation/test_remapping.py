"""A past delivery read again with another version of its mapping takes its own place again."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from o2s_core import aggregation, store
from o2s_core.aggregation.models import Delivery
from o2s_core.kernel.errors import FeedError, InvalidInputError, PermissionDeniedError
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio.models import Situation
from tests import kit
from tests.kit import documents as doc
from tests.kit.facts import facts


def at(firm, minutes):
    now = firm.operator.now + timedelta(minutes=minutes)
    return replace(firm.fresh(firm.operator), now=now)


def rows(*lines, head="compte;jour;isin;qte;cours;valeur"):
    return "\n".join([head, *lines, ""]).encode()


@pytest.fixture
def wrong(firm):
    """A file whose first mapping took the price for the value: A1 and B2 are wrong."""
    kit.person(firm.operator, "Martin", "Anne", file_code="C00001")
    aggregation.save_mapping(firm.operator, "essai", doc.mapping("cours"))
    data = rows(f"A1;2026-10-31;{doc.ACME};10;100;1000", f"B2;2026-10-31;{doc.ACME};1;100;100")
    report = aggregation.receive(at(firm, 1), data, "p.csv", feed="essai", contact="C00001")
    newest = doc.mapping("valeur")
    aggregation.save_mapping(firm.operator, "essai", newest, expected_revision=1)
    return report.delivery_id


def values(firm):
    held, _ = facts(firm.fresh(firm.operator))
    return [line[3] for *_, lines in held for line in lines]


def test_a_rehearsal_tells_account_by_account_and_stores_nothing(firm, wrong):
    told = aggregation.remap(at(firm, 2), wrong, rehearse=True)
    assert not told.done
    assert told.revision == 2
    found = told.accounts.select("external_id", "change", "total", "total_after").rows()
    assert found == [("A1", "changed", 100, 1000), ("B2", "same", 100, 100)]
    assert values(firm) == [100, 100]


def test_the_new_reading_replaces_the_old_which_stays_readable(firm, wrong):
    aggregation.remap(at(firm, 2), wrong)
    assert values(firm) == [1000, 100]
    card = aggregation.delivery(firm.fresh(firm.operator), wrong)
    assert (card.state, card.mapping_revision) == ("committed", 2)
    assert card.counts["situations_new"] == 2
    with store.reading(firm.operator) as session:
        states = session.exec(select(Situation.state).order_by(Situation.id)).all()
    assert sorted(states) == ["active", "active", "cancelled", "cancelled"]
    aggregation.remap(at(firm, 3), wrong, 1)  # and back
    assert values(firm) == [100, 100]


def test_what_a_later_file_corrected_stays_corrected(firm, wrong):
    """S-022: the delivery takes the place at which it had come, not the last word."""
    later = rows(f"A1;2026-10-31;{doc.ACME};12;100;1200")
    aggregation.receive(at(firm, 2), later, "q.csv", feed="essai", contact="C00001")
    aggregation.remap(at(firm, 3), wrong)
    assert values(firm) == [1200, 100]


def test_a_replay_finds_it_as_it_was_left(firm, wrong):
    later = rows(f"A1;2026-10-31;{doc.ACME};12;100;1200", f"A1;2026-11-10;{doc.ACME};12;1;1300")
    second = aggregation.receive(at(firm, 2), later, "q.csv", feed="essai", contact="C00001")
    aggregation.remap(at(firm, 3), wrong)
    done = aggregation.replay(at(firm, 4))
    assert done.changes.is_empty()
    assert done.identical
    aggregation.cancel(at(firm, 5), second.delivery_id, "essai")
    assert values(firm) == [1000, 100]


def test_a_version_that_cannot_read_the_file_is_refused(firm, wrong):
    other = doc.mapping("valeur").replace("qte", "quantite")
    aggregation.save_mapping(firm.operator, "essai", other, expected_revision=2)
    with pytest.raises(FeedError, match="ne lit pas ce fichier"):
        aggregation.remap(at(firm, 2), wrong)
    assert values(firm) == [100, 100]


def test_it_takes_the_right_a_mapping_and_a_standing_delivery(firm, wrong):
    poor = replace(firm.operator, permissions=firm.operator.permissions - {Permission.FEED_CANCEL})
    with pytest.raises(PermissionDeniedError):
        aggregation.remap(poor, wrong)
    direct = aggregation.receive(firm.operator, doc.document(doc.holding("Z9")), contact="C00001")
    with pytest.raises(InvalidInputError, match="lu directement"):
        aggregation.remap(firm.operator, direct.delivery_id)
    aggregation.cancel(firm.operator, wrong, "essai")
    with pytest.raises(InvalidInputError, match="rien apporté"):
        aggregation.remap(firm.operator, wrong)


def test_an_account_that_the_new_version_stops_waits_for_somebody(firm, wrong):
    """The controls look again at what the new reading changes."""
    unknown = doc.mapping("valeur").replace("{constant: EUR}", "{column: isin}")
    aggregation.save_mapping(firm.operator, "essai", unknown, expected_revision=2)
    told = aggregation.remap(at(firm, 2), wrong)
    assert set(told.accounts["state_after"]) == {"quarantined"}
    assert values(firm) == []
    with store.reading(firm.operator) as session:
        assert session.exec(select(Delivery.state)).one() == "quarantined"
