"""The worker: long work taken from the job table, and what comes back every so often."""

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

import typer

from o2s_core import aggregation, documents, market, messaging, portfolio, reporting, store
from o2s_core.cli.asking import ask, settings, tell

PAUSE: Final = 1.0  #: seconds between two looks at the job table
#: What comes back besides the store's own work.
PACE: Final[Mapping[str, timedelta]] = {
    **documents.PACE,
    "aggregation.watch": timedelta(seconds=10),
    "aggregation.alerts": timedelta(days=1),
    "aggregation.collect": timedelta(minutes=1),
    "aggregation.reconcile": timedelta(days=1),
    "messaging.send": timedelta(seconds=15),
    "portfolio.publish": timedelta(minutes=1),
    "portfolio.publish_months": timedelta(days=1),
    "market.compact_prices": timedelta(hours=1),
}


def _publish(work: store.Work) -> dict[str, Any]:
    """Publish what changed since the last time, so that no page has to."""
    return {"parts": store.publish_dirty(work.context, portfolio.PROJECTIONS)}


def _publish_months(work: store.Work) -> dict[str, Any]:
    """Value some accounts at the end of each month, then let other work pass before the next."""
    made = portfolio.publish_monthly_values(work.context, most=1)
    if made:
        store.enqueue(work.context, work.kind, {}, key=f"{work.kind}-after-{work.id}")
    return {"parts": made}


def _compact(work: store.Work) -> dict[str, Any]:
    return {"prices": market.compact_prices(work.context)}


#: Every kind of job and who does it: the one list of the application.
HANDLERS: Final[Mapping[str, store.Handler]] = {
    **store.HANDLERS,
    **documents.HANDLERS,
    **aggregation.HANDLERS,
    **messaging.HANDLERS,
    **portfolio.HANDLERS,
    **reporting.HANDLERS,
    "portfolio.publish": _publish,
    "portfolio.publish_months": _publish_months,
    "market.compact_prices": _compact,
}


def worker(
    once: Annotated[bool, typer.Option("--once", help="Faire ce qui est dû, puis finir.")] = False,
) -> None:
    """Fait les travaux de fond : fichiers, projections, cours, sauvegardes."""
    place = settings().place
    store.require_current(place)
    store.plan(ask(), {**store.RECURRING, **PACE})
    tell("Traitement de fond démarré.")
    while True:
        store.plan_due(place, _now)
        taken = store.run_due(place, HANDLERS, _now)
        if once and not taken:
            return
        if not taken:
            time.sleep(PAUSE)


def _now() -> datetime:
    return settings().clock()[0]
