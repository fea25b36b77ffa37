"""An unknown account is proposed, never linked alone; a decision is remembered."""

from datetime import date
from decimal import Decimal

import pytest
from sqlmodel import select

from o2s_core import aggregation, portfolio, store
from o2s_core.contacts import ContactForm, PossibleDuplicateError, scope
from o2s_core.contacts.models import Contact
from o2s_core.kernel.errors import InvalidInputError, NotFoundError, PermissionDeniedError
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio.models import Account
from tests import kit
from tests.kit import documents as doc


@pytest.fixture
def anne(firm):
    return kit.person(
        firm.operator, "Martin-Dupuis", "Anne", file_code="C00001", birth_name="Lefèvre",
        birth_date=date(1970, 5, 1), adviser=firm.user_ids["alice"],
    )  # fmt: skip


def received(firm, *holders, number="A1", ctx=None, name="f.json", **account):
    told = doc.holding(number, **account) | {"holders": list(holders)}
    return aggregation.receive(ctx or firm.operator, doc.document(told), name)


def only_waiting(ctx):
    (row,) = aggregation.accounts_to_attach(ctx).to_dicts()
    return aggregation.waiting(ctx, row["id"])


def total(firm, code="C00001"):
    ctx = firm.fresh(firm.operator)
    return portfolio.holdings(ctx, scope(ctx, "contact", code), ctx.today).total_eur


def without(ctx, *rights):
    from dataclasses import replace

    return replace(ctx, permissions=ctx.permissions - set(rights))


@pytest.mark.parametrize(
    ("written", "at_least"),
    [
        ({"last_name": "MARTIN DUPUIS", "first_name": "ANNE"}, 0.7),
        ({"last_name": "Anne", "first_name": "Martin-Dupuis"}, 0.7),
        ({"last_name": "Lefevre", "first_name": "Anne"}, 0.7),
        ({"last_name": "Mme de Martin-Dupuis", "first_name": "Anne"}, 0.7),
        ({"last_name": "Martin Dupuis", "first_name": "Anne", "birth_date": "1970-05-01"}, 0.95),
    ],
)
def test_a_name_is_recognised_whatever_its_accents_order_and_particles(
    firm, anne, written, at_least
):
    received(firm, written)
    best = only_waiting(firm.operator).proposals[0]
    assert (best.kind, best.id) == ("contact", anne)
    assert best.score >= at_least
    assert best.reasons


def test_another_birth_date_lowers_the_score(firm, anne):
    received(firm, {"last_name": "Martin-Dupuis", "first_name": "Anne", "birth_date": "1999-01-01"})
    assert only_waiting(firm.operator).proposals == ()


def test_a_stranger_is_proposed_to_nobody(firm, anne):
    received(firm, {"last_name": "Zyskowicz", "first_name": "Bob"})
    assert only_waiting(firm.operator).proposals == ()


def test_a_perfect_name_is_still_only_proposed(firm, anne):
    report = received(
        firm, {"last_name": "Martin-Dupuis", "first_name": "Anne", "birth_date": "1970-05-01"}
    )
    assert report.state == "quarantined"
    assert total(firm) == 0


def test_opening_the_account_of_a_contact_commits_what_waited(firm, anne):
    """S-022."""
    received(firm, {"last_name": "Martin-Dupuis", "first_name": "Anne"})
    card = only_waiting(firm.operator)
    report = aggregation.attach_to_contact(firm.operator, card.id, anne, envelope="pea")
    assert report.state == "committed"
    assert total(firm) == Decimal("1000.00")
    with store.reading(firm.operator) as session:
        assert session.exec(select(Account)).one().envelope == "pea"
    assert aggregation.accounts_to_attach(firm.operator).is_empty()


def test_a_new_client_and_his_portfolio_come_together(firm):
    """S-021, S-022."""
    received(firm, {"last_name": "Durand", "first_name": "Luc", "birth_date": "1980-02-03"})
    card = only_waiting(firm.operator)
    assert (card.person.last_name, card.person.first_name) == ("Durand", "Luc")
    assert card.person.birth_date == date(1980, 2, 3)
    report = aggregation.attach_to_new_contact(firm.operator, card.id, card.person, key="k1")
    assert report.state == "committed"
    with store.reading(firm.operator) as session:
        made = session.exec(select(Contact).where(Contact.last_name == "Durand")).one()
    assert total(firm, made.file_code) == Decimal("1000.00")


def test_a_client_who_exists_already_is_not_made_twice_by_mistake(firm, anne):
    received(firm, {"last_name": "Martin-Dupuis", "first_name": "Anne", "birth_date": "1970-05-01"})
    card = only_waiting(firm.operator)
    with pytest.raises(PossibleDuplicateError):
        aggregation.attach_to_new_contact(firm.operator, card.id, card.person)
    assert only_waiting(firm.operator).id == card.id


def test_attaching_to_an_account_is_remembered_for_the_next_files(firm, anne):
    insurer = kit.provider(firm.operator, "assureur")
    mine = kit.account(firm.operator, insurer, [anne], number="ANCIEN-7")
    received(firm, number="NOUVEAU 7")
    aggregation.attach(firm.operator, only_waiting(firm.operator).id, mine)
    later = received(firm, number="nouveau-7", as_of="2026-11-15", name="g.json")
    assert [(a.account_id, a.state) for a in later.accounts] == [(mine, "committed")]


def test_one_decision_takes_every_delivery_that_waited_for_it(firm, anne):
    received(firm, as_of="2026-09-30")
    received(firm, as_of="2026-10-31", lines=[doc.line(quantity="12", value="1200")], name="g.json")
    rows = aggregation.accounts_to_attach(firm.operator)
    assert rows.height == 2
    aggregation.attach_to_contact(firm.operator, rows["id"][0], anne)
    assert aggregation.accounts_to_attach(firm.operator).is_empty()
    assert total(firm) == Decimal("1200.00")
    assert set(aggregation.deliveries(firm.operator)["state"]) == {"committed"}


def test_ignoring_a_number_asks_why_and_lasts(firm):
    received(firm)
    card = only_waiting(firm.operator)
    with pytest.raises(InvalidInputError, match="Motif"):
        aggregation.ignore(firm.operator, card.id, " ")
    report = aggregation.ignore(firm.operator, card.id, "compte d'un salarié")
    assert (report.state, report.accounts[0].state) == ("committed", "ignored")
    assert received(firm, as_of="2026-11-15").accounts[0].state == "ignored"


def test_an_attached_account_with_errors_goes_to_quarantine(firm, anne):
    received(firm, total="9999")
    report = aggregation.attach_to_contact(firm.operator, only_waiting(firm.operator).id, anne)
    assert report.accounts[0].state == "quarantined"
    assert total(firm) == 0


def test_two_numbers_of_one_file_are_never_one_account(firm, anne):
    data = doc.document(doc.holding("A1"), doc.holding("A2"))
    aggregation.receive(firm.operator, data, "f.json")
    first, second = aggregation.accounts_to_attach(firm.operator)["id"]
    report = aggregation.attach_to_contact(firm.operator, first, anne)
    with pytest.raises(InvalidInputError, match="même livraison"):
        aggregation.attach(firm.operator, second, report.accounts[0].account_id)


# --- whose eyes ------------------------------------------------------------------------


def test_an_adviser_sees_what_he_brought_and_not_what_waits_for_the_firm(firm, anne):
    received(firm, number="A1")
    received(firm, number="B1", ctx=firm.bruno, name="g.json")
    assert aggregation.accounts_to_attach(firm.operator).height == 2
    assert aggregation.accounts_to_attach(firm.bruno)["external_id"].to_list() == ["B1"]
    assert aggregation.accounts_to_attach(firm.alice).is_empty()


def test_what_is_not_yours_does_not_exist(firm, anne):
    received(firm)
    hidden = aggregation.accounts_to_attach(firm.operator)["id"][0]
    for ask in (
        lambda: aggregation.waiting(firm.alice, hidden),
        lambda: aggregation.attach_to_contact(firm.alice, hidden, anne),
        lambda: aggregation.ignore(firm.alice, hidden, "motif"),
    ):
        with pytest.raises(NotFoundError):
            ask()


def test_an_adviser_attaches_to_nobody_else_s_client(firm, anne):
    received(firm, {"last_name": "Martin-Dupuis", "first_name": "Anne"}, ctx=firm.bruno)
    card = only_waiting(firm.bruno)
    assert card.proposals == ()
    with pytest.raises(NotFoundError):
        aggregation.attach_to_contact(firm.bruno, card.id, anne)


def test_nothing_is_attached_without_the_right(firm, anne):
    received(firm)
    card = only_waiting(firm.operator)
    for ask in (
        lambda ctx: aggregation.accounts_to_attach(ctx),
        lambda ctx: aggregation.attach_to_contact(ctx, card.id, anne),
        lambda ctx: aggregation.attach_to_new_contact(ctx, card.id, ContactForm()),
    ):
        with pytest.raises(PermissionDeniedError):
            ask(without(firm.operator, Permission.FEED_ATTACH))
