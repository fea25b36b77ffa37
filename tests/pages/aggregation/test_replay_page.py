"""Services › Données › Rejeu: what it does, how far it is, both hashes, and who may ask for it."""

from datetime import UTC, datetime, timedelta

import pytest

from o2s_core import administration, aggregation, store
from o2s_core.aggregation.replaying.fingerprint import fingerprint
from o2s_core.kernel.errors import InvalidInputError, PermissionDeniedError
from tests import kit
from tests.kit import documents as doc
from tests.kit import pages

PAGE = "aggregation/replay.py"


@pytest.fixture
def received(firm):
    kit.person(firm.operator, file_code="C00001")
    aggregation.receive(firm.operator, doc.document(doc.holding()), "f.json", contact="C00001")
    return firm


def manager(firm):
    now, today = firm.operator.now, firm.operator.today
    return administration.context_of(firm.place, firm.user_ids["manager"], now, today)


def work(firm):
    now = datetime.now(UTC) + timedelta(hours=1)  # pages live by the clock of the machine
    return store.run_due(firm.place, aggregation.HANDLERS, lambda: now, most=1)


def press(at, label):
    return next(b for b in at.button if b.label == label).click().run()


def test_a_comparison_is_handed_to_the_worker_and_says_that_the_store_is_identical(received):
    at = pages.open_page(received, "manager", PAGE)
    assert not at.exception
    words = pages.shown(at)
    assert "Ce qu'il fait" in words
    assert "Vos rattachements, corrections" in words
    press(at, "Comparer sans rien changer")
    run = aggregation.last_replay(manager(received))
    assert (run.state, run.rehearsal, run.hash) == ("queued", True, "")
    assert work(received) == 1
    words = pages.shown(pages.open_page(received, "manager", PAGE))
    assert "Identique" in words
    assert fingerprint(received.fresh(received.operator)).hash in words
    assert "redonne exactement ce que dit le registre" in words


def test_one_replay_at_a_time_by_who_may_see_the_whole_firm(received):
    ctx = manager(received)
    aggregation.replay_later(ctx)
    with pytest.raises(InvalidInputError, match="déjà en cours"):
        aggregation.replay_later(ctx)
    assert work(received) == 1
    run = aggregation.last_replay(ctx)
    assert (run.state, run.identical, run.deliveries, run.changed) == ("done", True, 1, 0)
    for ask in (aggregation.replay_later, aggregation.last_replay):
        with pytest.raises(PermissionDeniedError):
            ask(received.fresh(received.alice))


@pytest.mark.parametrize("login", ["alice", "admin"])
def test_it_is_closed_to_who_lacks_the_right(firm, login):
    at = pages.open_page(firm, login, PAGE)
    assert not any(b.label == "Rejouer l'archive" for b in at.button)
