"""The worker's own work: long tasks let others pass."""

from o2s_core import portfolio, store
from o2s_core.cli.worker import HANDLERS
from tests import kit
from tests.kit.firm import NOW

KIND = "portfolio.publish_months"


def test_months_are_valued_some_accounts_at_a_time_until_all_are(firm):
    """Between two parts other work passes: a message waits for seconds, not for the night."""
    account = kit.account(firm.alice, kit.provider(firm.alice), [kit.person(firm.alice)])
    kit.situation(firm.alice, account, kit.firm.TODAY, [
        {"instrument_id": kit.instrument(firm.alice), "value": "100"},
    ])  # fmt: skip
    store.enqueue(firm.operator, KIND, {})
    taken = store.run_due(firm.place, {KIND: HANDLERS[KIND]}, lambda: NOW)
    parts = set(portfolio.MONTHLY.parts_of(firm.operator))
    assert store.published_once(firm.operator, portfolio.MONTHLY.name) == parts
    assert taken == len(parts) + 1
    assert {job.state for job in store.jobs(firm.operator, kind=KIND)} == {"done"}
