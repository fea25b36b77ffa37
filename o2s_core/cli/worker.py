"""The worker: long work taken from the job table, and what comes back every so often."""

import time
from collections.abc import Mapping
from typing import Annotated, Final

import typer

from o2s_core import store
from o2s_core.cli.asking import settings, tell

PAUSE: Final = 1.0  #: seconds between two looks at the job table


def handlers() -> Mapping[str, store.Handler]:
    """Return every kind of job and who does it; the one list of the application."""
    from o2s_core import aggregation, market, portfolio

    return {
        **store.HANDLERS,
        **market.HANDLERS,
        **portfolio.HANDLERS,
        **aggregation.HANDLERS,
    }


def worker(
    once: Annotated[bool, typer.Option("--once", help="Faire ce qui est dû, puis finir.")] = False,
) -> None:
    """Fait les travaux de fond : imports, projections, sauvegardes, boîte de réception."""
    place, known = settings().place, handlers()

    def clock() -> object:
        return settings().clock()[0]

    tell("Traitement de fond démarré.")
    while True:
        store.plan_due(place, clock)
        taken = store.run_due(place, known, clock)
        if once and not taken:
            return
        if not taken:
            time.sleep(PAUSE)
