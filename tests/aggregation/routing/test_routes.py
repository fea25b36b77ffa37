"""A broker code says whose a new account is; an unknown one is listed, never guessed."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from o2s_core import aggregation, contacts, store
from o2s_core.administration.models import Agency
from o2s_core.aggregation import RouteForm
from o2s_core.aggregation.readers.native import dump, read_native
from o2s_core.contacts import ContactForm
from o2s_core.kernel.errors import (
    InvalidInputError,
    NotFoundError,
    PermissionDeniedError,
    StaleEditError,
)
from o2s_core.kernel.permissions import Permission
from tests import kit
from tests.kit import documents as doc


@pytest.fixture
def partner(firm):
    return kit.provider(firm.operator)


def holding(number, code, **more):
    return doc.holding(number, **more) | {"broker_code": code}


def received(firm, *accounts):
    """A file that the worker takes from the folder: nobody's own."""
    return aggregation.receive(firm.operator, doc.document(*accounts), "contrats.json")


def route(firm, partner, code, to, **more):
    return aggregation.route_code(firm.operator, RouteForm(partner, code, to, **more))


def to(firm, login):
    return f"adviser:{firm.user_ids[login]}"


def waiting(firm, ctx):
    return aggregation.accounts_to_attach(firm.fresh(ctx))["external_id"].to_list()


def test_each_adviser_sees_the_accounts_of_their_codes_alone(firm, partner):
    """S-022: one delivery, three advisers' worth of accounts."""
    route(firm, partner, "C 100", to(firm, "alice"))
    route(firm, partner, "C200", to(firm, "bruno"))
    report = received(firm, holding("A1", "c100"), holding("B1", "C200"), holding("N1", "C300"))
    assert waiting(firm, firm.alice) == ["A1"]
    assert waiting(firm, firm.bruno) == ["B1"]
    assert sorted(waiting(firm, firm.operator)) == ["A1", "B1", "N1"]
    seen = aggregation.delivery(firm.alice, report.delivery_id)
    assert seen.accounts["external_id"].to_list() == ["A1"]
    assert not seen.whole


def test_a_code_may_stand_for_an_agency(firm, partner):
    with store.reading(firm.operator) as session:
        nantes = session.query(Agency).filter_by(name="Nantes").one().id
    route(firm, partner, "C1", f"agency:{nantes}")
    received(firm, holding("B1", "C1"))
    assert waiting(firm, firm.bruno) == ["B1"]
    assert waiting(firm, firm.alice) == []


def test_who_may_not_attach_sees_no_account_of_a_code(firm, partner):
    route(firm, partner, "C1", to(firm, "alice"))
    received(firm, holding("A1", "C1"))
    reader = replace(firm.alice, permissions=firm.alice.permissions - {Permission.FEED_ATTACH})
    assert aggregation.deliveries(firm.fresh(reader)).is_empty()


def test_an_unknown_code_is_listed_with_its_accounts_and_amount(firm, partner):
    received(firm, holding("N1", "C300", total="1000"), holding("N2", "C 300", total="1000"))
    received(firm, holding("N1", "C300", total="1000", as_of="2026-11-15"))
    (row,) = aggregation.codes_to_route(firm.fresh(firm.operator)).to_dicts()
    assert (row["partner"], row["accounts"]) == ("Assureur d'essai", 2), "N1 came twice"
    assert row["total_eur"] == Decimal(2000)


def test_an_account_without_value_in_euros_leaves_the_amount_unsaid(firm, partner):
    dollars = holding("N2", "C300", lines=[doc.line(currency="USD")]) | {"currency": "USD"}
    received(firm, holding("N1", "C300"), dollars)
    assert aggregation.codes_to_route(firm.fresh(firm.operator))["total_eur"].to_list() == [None]


def test_routing_a_code_gives_the_accounts_that_wait_at_once(firm, partner):
    received(firm, holding("N1", "C300"))
    assert waiting(firm, firm.alice) == []
    card = route(firm, partner, "c300", to(firm, "alice"))
    assert waiting(firm, firm.alice) == ["N1"]
    assert aggregation.codes_to_route(firm.fresh(firm.operator)).is_empty()
    moved = replace(card.form, to=to(firm, "bruno"))
    aggregation.edit_route(firm.operator, card.id, moved, card.version)
    assert (waiting(firm, firm.alice), waiting(firm, firm.bruno)) == ([], ["N1"])


@pytest.mark.parametrize(("as_of", "login"), [("2026-06-30", "alice"), ("2026-07-01", "bruno")])
def test_a_code_changes_hands_on_a_day(firm, partner, as_of, login):
    route(firm, partner, "C1", to(firm, "alice"), ends_on=date(2026, 6, 30))
    route(firm, partner, "C1", to(firm, "bruno"), starts_on=date(2026, 7, 1))
    received(firm, holding("X1", "C1", as_of=as_of))
    assert waiting(firm, firm.adviser(login)) == ["X1"]


def test_one_code_never_stands_for_two_on_one_day(firm, partner):
    card = route(firm, partner, "C1", to(firm, "alice"), ends_on=date(2026, 6, 30))
    with pytest.raises(InvalidInputError, match="déjà quelqu'un"):
        route(firm, partner, "c 1", to(firm, "bruno"), starts_on=date(2026, 6, 30))
    longer = replace(card.form, ends_on=None)
    card = aggregation.edit_route(firm.operator, card.id, longer, card.version)
    with pytest.raises(InvalidInputError, match="déjà quelqu'un"):
        route(firm, partner, "C1", to(firm, "bruno"), starts_on=date(2027, 1, 1))


def test_the_same_code_at_two_partners_is_two_codes(firm, partner):
    other = kit.provider(firm.operator, "autre", "Autre assureur")
    route(firm, other, "C1", to(firm, "alice"))
    received(firm, holding("X1", "C1"))
    assert waiting(firm, firm.alice) == []


def test_a_client_created_from_the_account_goes_to_the_adviser_of_the_code(firm, partner):
    """S-021: attached by whoever sees the whole firm."""
    route(firm, partner, "C1", to(firm, "bruno"))
    received(firm, holding("X1", "C1"))
    waiting_id = aggregation.accounts_to_attach(firm.fresh(firm.operator))["id"][0]
    card = aggregation.waiting(firm.operator, waiting_id)
    assert card.person.adviser_id == firm.user_ids["bruno"]
    person = ContactForm(stage="prospect", last_name="Durand", first_name="Luc")
    aggregation.attach_to_new_contact(firm.operator, waiting_id, person)
    found = contacts.contact_list(firm.fresh(firm.bruno)).rows
    assert found["name"].to_list() == ["Durand"]


def test_an_account_opened_for_a_client_of_another_has_the_adviser_of_the_code(firm, partner):
    """Without a code of its own the account follows its holder."""
    client = kit.person(firm.alice, "Martin", "Anne", file_code="C00001")
    route(firm, partner, "C1", to(firm, "bruno"))
    route(firm, partner, "C2", to(firm, "alice"))
    received(firm, holding("X1", "C1"), holding("X2", "C2"))
    for row in aggregation.accounts_to_attach(firm.fresh(firm.operator)).to_dicts():
        aggregation.attach_to_contact(firm.operator, row["id"], client)
    from sqlmodel import select

    from o2s_core.portfolio.models import Account

    with store.reading(firm.operator) as session:
        rows = session.exec(select(Account.number, Account.adviser_id)).all()
    assert sorted(rows) == [("X1", firm.user_ids["bruno"]), ("X2", None)]


def test_the_code_goes_through_the_native_format(firm):
    data = doc.document(holding("A1", "C 100"))
    again = read_native(dump(read_native(data, "a.json")), "b.json")
    assert again.brokers.rows() == [("A1", "C 100")]


def test_routing_is_audited_locked_and_asks_for_the_right(firm, partner):
    card = route(firm, partner, "C1", to(firm, "alice"))
    page = store.audit_lines(firm.operator, store.AuditFilter())
    assert ("broker_route", "create") in [(x.entity, x.action) for x in page.lines]
    reader = replace(firm.operator, permissions=frozenset({Permission.FEED_READ}))
    with pytest.raises(PermissionDeniedError):
        aggregation.route_code(reader, card.form)
    aggregation.edit_route(
        firm.operator, card.id, replace(card.form, ends_on=date(2030, 1, 1)), card.version
    )
    with pytest.raises(StaleEditError):
        aggregation.edit_route(firm.operator, card.id, card.form, card.version)
    with pytest.raises(NotFoundError):
        aggregation.broker_route(replace(firm.operator, firm_id=2), card.id)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"to": ""}, "Conseiller ou agence"),
        ({"to": "adviser:9999"}, "choisissez une valeur"),
        ({"code": ""}, "Code courtier"),
        ({"starts_on": date(2026, 2, 1), "ends_on": date(2026, 1, 1)}, "avant le début"),
    ],
)
def test_what_is_wrong_with_a_route_is_said(firm, partner, more, said):
    good = RouteForm(partner, "C1", to(firm, "alice"))
    with pytest.raises(InvalidInputError, match=said):
        aggregation.route_code(firm.operator, replace(good, **more))
