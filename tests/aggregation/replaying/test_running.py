"""The whole archive read again gives the very same figures, states and decisions."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import select

from o2s_core import aggregation, portfolio, store
from o2s_core.aggregation.models import Delivery, DeliveryAccount
from o2s_core.aggregation.replaying.fingerprint import fingerprint
from o2s_core.kernel.errors import PermissionDeniedError
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio import SituationForm, TypedLine
from o2s_core.portfolio.models import Movement, Situation
from tests import kit
from tests.kit import documents as doc
from tests.kit.facts import facts

PROCESS = Path(__file__).with_name("replaying_process.py")


class Story:
    """A firm to which things happen one after the other, each at its own minute."""

    def __init__(self, firm):
        self.firm, self.minutes = firm, 0

    @property
    def ctx(self):
        self.minutes += 1
        now = self.firm.operator.now + timedelta(minutes=self.minutes)
        return replace(self.firm.fresh(self.firm.operator), now=now)

    def receive(self, *accounts, contact="C00001", **more):
        data = doc.document(*accounts, nonce=str(self.minutes), **more)
        return aggregation.receive(self.ctx, data, f"f{self.minutes}.json", contact=contact)


@pytest.fixture
def story(firm):
    kit.person(firm.operator, "Martin", "Anne", file_code="C00001")
    return Story(firm)


def october(quantity="10", as_of="2026-10-31", number="A1", **more):
    worth = str(100 * int(quantity))
    return doc.holding(number, [doc.line(quantity=quantity, value=worth)], as_of, **more)


def waiting(ctx, state):
    with store.reading(ctx) as session:
        query = select(DeliveryAccount.id).where(DeliveryAccount.state == state)
        return session.exec(query.order_by(DeliveryAccount.id)).all()


def eventful(story):
    """Corrections, late situations, cancellations, quarantines and what people decided."""
    story.receive(october(), movements=[])
    story.receive(october("12", movements=[doc.moved(net="5"), doc.moved(net="5")]))
    story.receive(october("9", "2026-09-30"))  # late
    story.receive(october("12", movements=[doc.moved(net="5")] * 3))
    wrong = story.receive(october("77"), october("7", number="B2"))
    story.receive(october("13", "2026-11-10"))
    aggregation.cancel(story.ctx, wrong.delivery_id, "envoyé par erreur")
    stopped = story.receive(october("20", number="C3", total="1"))  # V02
    story.receive(october("21", number="C3", total="2100"))
    assert stopped.state == "quarantined"
    first, *_ = waiting(story.ctx, "quarantined")
    aggregation.accept(story.ctx, first, "total en francs")  # after its correction
    story.receive(october("5", number="D4", total="1"))
    aggregation.reject(story.ctx, waiting(story.ctx, "quarantined")[0], "faux relevé")
    story.receive(october("6", number="E5"), contact=None)
    story.receive(october("8", number="F6"), contact=None)
    story.receive(october("9", number="G7", total="3"), contact=None)
    unknown = waiting(story.ctx, "to_attach")
    person = kit.person(story.ctx, "Durand", "Paul", file_code="C00002")
    aggregation.attach_to_contact(story.ctx, unknown[0], person)
    aggregation.ignore(story.ctx, unknown[1], "compte d'un autre cabinet")
    aggregation.receive(story.ctx, b"<html><body>Connexion</body></html>", "page.csv")
    again = doc.document(october("6", number="E5"))
    aggregation.receive(story.ctx, again, "e.json")
    aggregation.receive(story.ctx, again, "e.json")  # twice: a duplicate


def typed(story, quantity, as_of, account_id):
    price = Decimal(100)
    amount = Decimal(quantity)
    line = TypedLine(label="Fonds", isin=doc.ACME, quantity=amount, price=price)
    form = SituationForm(as_of=as_of, lines=(line,), replace_partner=True)
    return portfolio.type_situation(story.ctx, account_id, form)


def account(firm, number):
    from o2s_core.portfolio.models import Account

    with store.reading(firm.operator) as session:
        return session.exec(select(Account.id).where(Account.number == number)).one()


def test_the_archive_gives_the_same_figures_states_and_decisions(firm, story):
    eventful(story)
    ctx = story.ctx
    before, known = fingerprint(ctx), facts(ctx)
    done = aggregation.replay(ctx)
    assert done.identical
    assert done.before == before.hash
    assert done.changes.is_empty()
    assert fingerprint(firm.operator).hash == before.hash
    assert facts(firm.operator) == known
    assert aggregation.replay(story.ctx).hash == before.hash, "as often as one likes"


def test_situations_and_movements_are_really_made_again(firm, story):
    story.receive(october("12", movements=[doc.moved(net="5")]))
    with store.tx(story.ctx) as tx:  # damage that no verb would do
        tx.session.exec(select(Situation)).one().reported_total = Decimal(1)
        tx.session.exec(select(Movement)).one().net = Decimal(99)
    done = aggregation.replay(story.ctx)
    assert not done.identical
    assert done.changes["change"].to_list() == ["changed"]
    with store.reading(firm.operator) as session:
        assert session.exec(select(Movement.net)).one() == 5
        assert session.exec(select(Situation.reported_total)).one() is None


def test_typed_situations_keep_their_place_in_the_order(firm, story):
    story.receive(october("10"))
    mine = account(firm, "A1")
    first = typed(story, "11", date(2026, 10, 31), mine)  # over the partner's
    second = typed(story, "30", date(2026, 11, 20), mine)
    third = typed(story, "31", date(2026, 11, 21), mine)
    story.receive(october("32", "2026-11-21"))  # the partner speaks last
    before = fingerprint(story.ctx).hash
    assert aggregation.replay(story.ctx).hash == before
    with store.reading(firm.operator) as session:
        states = dict(session.exec(select(Situation.id, Situation.state)).all())
        days = dict(session.exec(select(Situation.id, Situation.as_of)).all())
    assert (states[first], states[second], states[third]) == ("active", "active", "superseded")
    assert days[first] == date(2026, 10, 31)


def test_a_comparison_changes_nothing_and_names_the_accounts(firm, story):
    story.receive(october("12"))
    story.receive(october("3", number="B2"))
    with store.tx(story.ctx) as tx:
        row = tx.session.exec(select(Situation).order_by(Situation.id)).first()
        row.reported_total = Decimal(1)
    damaged = fingerprint(story.ctx).hash
    done = aggregation.replay(story.ctx, dry_run=True)
    assert not done.identical
    assert done.changes["account"].to_list() == ["assureur/A1"]
    assert fingerprint(story.ctx).hash == damaged


def test_a_delivery_that_is_waited_for_stays_in_the_queue(firm, story):
    story.receive(october("6", number="E5"), contact=None)
    story.receive(october("5", number="D4", total="1"))
    aggregation.replay(story.ctx)
    assert aggregation.accounts_to_attach(firm.operator).height == 1
    assert len(waiting(firm.operator, "quarantined")) == 1


def test_the_newest_mapping_reads_the_archive_again(firm, story):
    """What a corrected mapping changes is told account by account, then done."""
    aggregation.save_mapping(story.ctx, "essai", doc.mapping("cours"))
    rows = f"compte;jour;isin;qte;cours;valeur\nA1;2026-10-31;{doc.ACME};10;100;1000\n"
    report = aggregation.receive(story.ctx, rows.encode(), "p.csv", feed="essai", contact="C00001")
    assert report.state == "committed", report
    aggregation.save_mapping(story.ctx, "essai", doc.mapping("valeur"), expected_revision=1)
    assert aggregation.replay(story.ctx).identical, "with the version of then"
    told = aggregation.replay(story.ctx, mapping="newest", dry_run=True)
    assert told.changes["account"].to_list() == ["assureur/A1"]
    aggregation.replay(story.ctx, mapping="newest")
    with store.reading(firm.operator) as session:
        (held,), _ = facts(firm.operator)
        assert held[3][0][3] == 1000
        assert session.exec(select(Delivery.mapping_revision)).one() == 2


def test_it_takes_the_right_and_the_whole_firm(firm, story):
    with pytest.raises(PermissionDeniedError):
        aggregation.replay(firm.alice)
    without = firm.operator.permissions - {Permission.FEED_REPLAY}
    with pytest.raises(PermissionDeniedError):
        aggregation.replay(replace(firm.operator, permissions=without))


def test_supports_that_nothing_speaks_of_any_more_are_forgotten(firm, story):
    from o2s_core.market.models import Instrument

    story.receive(october("12"))
    with store.tx(story.ctx) as tx:
        from o2s_core import market

        market.create_provisional_bulk(tx, 1, [market.Named("isin", doc.GAMMA, "Orphelin")])
    aggregation.replay(story.ctx)
    with store.reading(firm.operator) as session:
        isins = session.exec(select(Instrument.isin)).all()
    assert doc.ACME in isins
    assert doc.GAMMA not in isins


@pytest.mark.parametrize("point", ["wiped", "half", "before_the_end"])
def test_a_process_killed_on_the_way_leaves_everything_as_it_was(firm, story, point):
    eventful(story)
    before = fingerprint(story.ctx).hash
    command = [sys.executable, str(PROCESS), str(firm.place.home), point]
    environment = os.environ | {"O2S_DATABASE_URL": firm.place.database_url}
    died = subprocess.run(command, env=environment, check=False)
    assert died.returncode == -9
    assert fingerprint(firm.fresh(firm.operator)).hash == before
    assert aggregation.replay(story.ctx).identical
