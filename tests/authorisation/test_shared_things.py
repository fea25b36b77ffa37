"""Where two books touch: a joint account, one delivery for both, a form that asks for too much."""

from dataclasses import replace
from decimal import Decimal

import pytest

from o2s_core import aggregation, contacts, portfolio, store, ui
from o2s_core.administration.models import User
from o2s_core.aggregation.models import Anomaly, Delivery, DeliveryAccount
from o2s_core.contacts import ContactForm, GroupForm, scope
from o2s_core.kernel.errors import (
    InvalidInputError,
    NotFoundError,
    O2SError,
    PermissionDeniedError,
)
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio import AccountForm, HolderShare
from tests import kit
from tests.authorisation import asked, books


@pytest.fixture
def joint(world):
    """An account that a client of each adviser holds by half."""
    halves = {world.alice.contact: "0.5", world.bruno.contact: "0.5"}
    return kit.account(world.firm.alice, world.provider, halves, number="JOINT-1", label="Joint")


@pytest.fixture
def mixed(world):
    """One file about accounts of both advisers, that neither brought."""
    operator = world.firm.operator
    with store.tx(operator) as tx:
        row = Delivery(firm_id=1, file_name="mixte.csv", sha256="m" * 64, state="quarantined",
                       received_at=operator.now, format="csv")  # fmt: skip
        tx.add(row)
        for book, said in ((world.alice, books.ALICE), (world.bruno, books.BRUNO)):
            tx.add(DeliveryAccount(firm_id=1, delivery_id=row.id, external_id=said[2], label=said[5],
                                   state="quarantined", account_id=book.account, holder=said[0]))  # fmt: skip
            tx.add(Anomaly(firm_id=1, delivery_id=row.id, external_id=said[2], code="V06",
                           severity="error", raw=said[0], message="montant"))  # fmt: skip
        tx.add(Anomaly(firm_id=1, delivery_id=row.id, external_id="", code="L01", severity="error",
                       locator="ligne 9", raw=books.BRUNO[0], message="ligne illisible"))  # fmt: skip
    return row.id


def foreign(text: str) -> list[str]:
    return [word for word in books.BRUNO if word in text]


def test_a_joint_holder_outside_the_perimeter_is_a_name_and_a_share(world, joint):
    alice = world.of("alice")
    card = portfolio.account(alice, joint)
    other = next(h for h in card.holders if h.contact_id == world.bruno.contact)
    assert (other.inside, other.file_code, other.share) == (False, None, Decimal("0.5"))
    with pytest.raises(NotFoundError):
        contacts.contact_by_id(alice, other.contact_id)


def test_a_joint_holder_leaves_in_an_export_without_a_birth_date(world, joint):
    alice = world.of("alice")
    said = aggregation.export_accounts(
        alice, scope(alice, "contact", world.alice.file_code)
    ).decode()
    assert books.BRUNO[0] in said
    assert said.count("1970-01-02") == 2  # my own client, in her two accounts


def test_who_sees_part_of_a_delivery_reads_nothing_of_the_rest(world, mixed):
    """Its card, its rows, its anomalies, and the report of whatever is done with it."""
    alice = world.of("alice")
    card = aggregation.delivery(alice, mixed)
    assert not card.whole
    seen = asked.text(card) + asked.text(aggregation.anomalies(alice, delivery_id=mixed))
    assert books.ALICE[2] in seen
    assert not foreign(seen)
    assert aggregation.raw_rows(alice, mixed).is_empty()
    assert not foreign(asked.text(aggregation.news(alice)))


def test_a_report_says_nothing_of_accounts_outside_the_perimeter(world, mixed):
    from o2s_core.aggregation.report import report_of

    alice = world.of("alice")
    with store.reading(alice) as session:
        report = report_of(session, alice, session.get_one(Delivery, mixed))
    assert [a["raw"] for a in report.anomalies] == [books.ALICE[0]]
    assert not foreign(asked.text(report))


@pytest.mark.parametrize(
    "verb", [lambda c, d: aggregation.cancel(c, d, "essai"), aggregation.retry]
)
def test_a_delivery_that_is_also_about_others_is_undone_by_who_sees_them_all(world, mixed, verb):
    part = replace(world.of("alice"), permissions=frozenset(Permission))
    with pytest.raises(InvalidInputError, match="hors de votre périmètre"):
        verb(part, mixed)


def test_what_a_colleague_brought_is_not_opened_for_my_client(world):
    alice = world.of("alice")
    with pytest.raises(NotFoundError, match="Livraison introuvable"):
        aggregation.attach_all(alice, world.bruno.delivery, world.alice.contact)


def account_form(world, **more):
    said = {"label": "Essai", "number": "E-9", "envelope": "pea", "opened_on": asked.DAY}
    holders = (HolderShare(world.alice.contact, Decimal(1)),)
    return AccountForm(provider_id=world.provider, holders=holders, **(said | more))


@pytest.mark.parametrize("adviser", ["bruno", "manager", "analyste"])
def test_nobody_gives_an_account_or_a_client_to_somebody_out_of_reach(world, adviser):
    """A form that names another adviser than the screen offers is refused, in every verb."""
    alice, other = world.of("alice"), world.firm.user_ids[adviser]
    person = ContactForm(last_name="Neuf", first_name="Zoé", adviser_id=other)
    made = portfolio.add_account(alice, account_form(world))
    verbs = (
        lambda: portfolio.add_account(alice, account_form(world, number="E-2", adviser_id=other)),
        lambda: portfolio.edit_account(alice, made.id, account_form(world, adviser_id=other), 1),
        lambda: contacts.add_contact(alice, person),
        lambda: contacts.save_group(alice, GroupForm("Neuf", (world.alice.contact,), other)),
    )
    for verb in verbs:
        with pytest.raises(InvalidInputError):
            verb()
    card = contacts.contact_by_id(alice, world.alice.contact)
    with pytest.raises(O2SError):
        contacts.edit_contact(alice, card.id, replace(card.form, adviser_id=other), card.version,
                              incomplete=True)  # fmt: skip
    assert contacts.contact_by_id(alice, card.id).adviser_id == alice.user_id


def test_an_account_is_not_opened_in_the_name_of_a_colleague_s_client(world):
    holders = (HolderShare(world.bruno.contact, Decimal(1)),)
    with pytest.raises(NotFoundError):
        portfolio.add_account(world.of("alice"), replace(account_form(world), holders=holders))


def test_sensitive_facts_are_blank_without_their_right(world):
    """An assistant and a reader know neither that a client is exposed politically nor it changed."""
    assert contacts.contact_by_id(world.of("alice"), world.alice.contact).form.pep == "yes"
    for login in ("assistant", "lecteur"):
        assert not contacts.contact_by_id(world.of(login), world.alice.contact).form.pep


def test_a_junior_keeps_the_groups_of_a_client(world):
    with pytest.raises(PermissionDeniedError):
        contacts.delete_group(world.of("junior"), world.alice.group, 1)


def test_colleagues_of_one_perimeter_share_no_cached_answer(world):
    """What one of them brought and nobody claimed yet is theirs alone."""
    firm = world.firm
    with store.tx(firm.operator) as tx:
        for login in ("alice", "bruno"):
            row = tx.session.get_one(User, firm.user_ids[login])
            row.scope, row.agency_id = "agency", 1
    with store.tx(world.of("alice")) as tx:
        row = Delivery(firm_id=1, file_name="a.csv", sha256="a" * 64, state="quarantined",
                       received_at=firm.operator.now)  # fmt: skip
        tx.add(row)
        tx.add(DeliveryAccount(firm_id=1, delivery_id=row.id, external_id="BROUGHT-1",
                               state="to_attach"))  # fmt: skip
    alice, bruno = world.of("alice"), world.of("bruno")
    assert alice.perimeter == bruno.perimeter
    ask = ui.cached(aggregation.accounts_to_attach)
    assert "BROUGHT-1" in set(ask(alice)["external_id"])
    assert "BROUGHT-1" not in set(ask(bruno)["external_id"])
