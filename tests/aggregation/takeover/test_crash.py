"""A worker may die in the middle of a takeover: each client is whole, and the next goes on."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from o2s_core import aggregation, store
from tests.aggregation.takeover import exports
from tests.aggregation.takeover.state import state

PROCESS = Path(__file__).with_name("dying_process.py")


def test_a_takeover_killed_in_the_middle_goes_on_to_the_same_end(firm):
    ctx, made = exports.opened(firm)
    aggregation.rehearse_takeover(ctx, made)
    job = aggregation.commit_takeover(ctx, made)
    environment = os.environ | {"O2S_DATABASE_URL": firm.place.database_url}
    died = subprocess.run(
        [sys.executable, str(PROCESS), str(firm.place.home), "2"], env=environment, check=False
    )
    assert died.returncode == -9
    half = state(firm)
    codes = {row[-2] for row in half["contacts"]}
    assert {"D001", "D002", "FOY1"} <= codes, "the first family came whole"
    assert not {"D003", "D004"} & codes, "the one under way is not there at all"
    assert aggregation.commit_takeover(ctx, made) == job, "it is still under way"
    later = firm.operator.now + timedelta(minutes=10)
    store.run_due(firm.place, aggregation.HANDLERS, lambda: later)
    assert store.job(ctx, job).state == "done"
    outcome = aggregation.takeover_outcome(ctx, made)
    assert outcome.sort("client").select("client", "state").rows() == [
        ("D001", "done"), ("D003", "done"), ("D004", "done"),
    ]  # fmt: skip
    report = aggregation.rehearse_takeover(ctx, made)
    assert set(report.rows["verdict"]) == {"unchanged"}
