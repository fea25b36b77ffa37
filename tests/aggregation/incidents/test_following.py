"""A cause is told once, to the right person, and its alert closes by itself when it is gone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from o2s_core import aggregation
from o2s_core.aggregation import FeedForm
from o2s_core.aggregation.jobs import HANDLERS
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from o2s_core.store import Work
from tests import kit
from tests.kit import documents as doc


def at(firm, days: int, ctx=None):
    """The same person some days later."""
    ctx = ctx or firm.operator
    moved = {"now": ctx.now + timedelta(days=days), "today": ctx.today + timedelta(days=days)}
    return replace(firm.fresh(ctx), **moved)


def declared(firm, **more):
    partner = kit.provider(firm.operator)
    form = FeedForm("Assureur hebdo", partner, "format:native", "assureur", "weekly", **more)
    return aggregation.declare_feed(firm.operator, form)


def told(ctx, **options):
    found = aggregation.alerts(ctx, **options)
    return found.select("code", "state", "owner").rows()


def received(ctx, number="AV-1", **more):
    data = doc.document(doc.holding(number, **more))
    return aggregation.receive(ctx, data, "f.json", feed="assureur")


def test_a_late_feed_is_told_once_and_no_more_when_its_file_comes(firm):
    """S-102: weekly, two open days of grace; received on 24 November, late from 4 December."""
    declared(firm)
    received(firm.operator)
    assert aggregation.follow_alerts(at(firm, 9)) == {"opened": 0, "closed": 0}
    late = at(firm, 10)
    assert aggregation.follow_alerts(late) == {"opened": 1, "closed": 0}
    assert aggregation.follow_alerts(at(firm, 11)) == {"opened": 0, "closed": 0}
    (row,) = aggregation.alerts(at(firm, 12)).to_dicts()
    assert (row["code"], row["age_days"], row["state"]) == ("FEED_STALE", 2, "open")
    assert "24/11/2026" in row["message"]
    received(at(firm, 13), "AV-2")
    assert aggregation.follow_alerts(at(firm, 13)) == {"opened": 0, "closed": 1}
    assert aggregation.alerts(at(firm, 13)).is_empty()
    assert aggregation.follow_alerts(at(firm, 30))["opened"] == 1, "late again is told again"


def test_a_feed_that_never_came_is_told_once_its_first_file_is_due(firm):
    declared(firm)
    assert aggregation.follow_alerts(at(firm, 5))["opened"] == 0
    assert aggregation.follow_alerts(at(firm, 10))["opened"] == 1
    assert "encore rien reçu" in aggregation.alerts(at(firm, 10))["message"][0]


def test_a_feed_put_aside_is_never_late(firm):
    declared(firm, active=False)
    assert aggregation.follow_alerts(at(firm, 100))["opened"] == 0


def test_the_owner_of_a_feed_is_told_else_those_who_manage_feeds(firm):
    card = declared(firm, owner_id=firm.user_ids["alice"])
    aggregation.follow_alerts(at(firm, 10))
    alice = replace(at(firm, 10, firm.alice), permissions=rights("conseiller"))
    bruno = replace(at(firm, 10, firm.bruno), permissions=rights("conseiller"))
    assert told(alice) == [("FEED_STALE", "open", "Alice")]
    assert told(bruno) == []
    assert len(told(at(firm, 10))) == 1, "who manages feeds sees all of them"
    aggregation.edit_feed(firm.operator, card.id, replace(card.form, owner_id=None), card.version)
    aggregation.follow_alerts(at(firm, 11))
    assert told(alice) == []


def rights(name):
    from o2s_core.administration.profiles import profile

    return profile(name).permissions


def test_a_refused_file_is_told_until_a_good_one_comes(firm):
    declared(firm)
    refused = aggregation.receive(firm.operator, b"<html>", "page.json", feed="assureur")
    assert refused.state == "rejected"
    aggregation.follow_alerts(firm.operator)
    (row,) = aggregation.alerts(firm.fresh(firm.operator)).to_dicts()
    assert row["code"] == "FEED_ERROR"
    assert row["href"] == f"/livraison?livraison={refused.delivery_id}"
    received(at(firm, 1))
    assert aggregation.follow_alerts(at(firm, 1)) == {"opened": 0, "closed": 1}


def test_a_quarantined_account_is_told_to_its_adviser_alone(firm):
    client = kit.person(firm.alice, "Martin", "Anne", file_code="C00001")
    kit.account(firm.alice, kit.provider(firm.operator), [client], number="AV-1")
    data = doc.document(doc.holding("AV-1", total="1500"))
    report = aggregation.receive(firm.operator, data, "f.json")
    assert report.accounts[0].state == "quarantined"
    aggregation.follow_alerts(firm.operator)
    assert [code for code, _, _ in told(firm.fresh(firm.alice))] == ["ACCOUNT_QUARANTINED"]
    bruno = replace(firm.fresh(firm.bruno), permissions=rights("conseiller"))
    assert told(bruno) == []
    stopped = aggregation.delivery(firm.operator, report.delivery_id).stopped["id"][0]
    aggregation.accept(firm.operator, stopped, "confirmé")
    assert aggregation.follow_alerts(firm.operator) == {"opened": 0, "closed": 1}


def test_an_alert_is_taken_then_classed_with_a_reason(firm):
    declared(firm)
    ctx = at(firm, 10)
    aggregation.follow_alerts(ctx)
    alert_id = aggregation.alerts(ctx)["id"][0]
    aggregation.take_alert(ctx, alert_id)
    assert [state for _, state, _ in told(at(firm, 10))] == ["taken"]
    with pytest.raises(InvalidInputError, match="Motif"):
        aggregation.dismiss_alert(ctx, alert_id, " ")
    aggregation.dismiss_alert(ctx, alert_id, "partenaire en vacances")
    assert told(at(firm, 10)) == []
    (row,) = aggregation.alerts(at(firm, 10), dismissed=True).to_dicts()
    assert (row["state"], row["reason"]) == ("dismissed", "partenaire en vacances")
    assert aggregation.follow_alerts(at(firm, 11)) == {"opened": 0, "closed": 0}, "it stays classed"


def test_the_alert_of_others_does_not_exist(firm):
    declared(firm)
    ctx = at(firm, 10)
    aggregation.follow_alerts(ctx)
    alert_id = aggregation.alerts(ctx)["id"][0]
    bruno = replace(at(firm, 10, firm.bruno), permissions=rights("conseiller"))
    for unseen in (alert_id, 99999):
        with pytest.raises(NotFoundError, match="Alerte introuvable"):
            aggregation.take_alert(bruno, unseen)


def test_the_worker_looks_every_day(firm):
    declared(firm)
    later = at(firm, 10).now
    work = Work(firm.place, 1, firm.id, "aggregation.alerts", {}, None, 1, "w", lambda: later)
    assert HANDLERS["aggregation.alerts"](work) == {"opened": 1, "closed": 0}


def test_the_bell_counts_the_alerts_of_the_person(firm):
    declared(firm)
    aggregation.follow_alerts(at(firm, 10))
    assert "1 alerte technique" in [n.text for n in aggregation.news(at(firm, 10))]
