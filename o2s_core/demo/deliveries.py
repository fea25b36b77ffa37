"""What the invented partners delivered, through the same pipeline as a real file."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from o2s_core import aggregation, store
from o2s_core.aggregation.models import Feed
from o2s_core.aggregation.readers.native import dump
from o2s_core.demo.clients import Life, People
from o2s_core.demo.partners import Partners
from o2s_core.demo.statements import statement
from o2s_core.kernel.context import Context

#: The last files hold this many days; what is older came with the take-over of the firm.
RECENT: Final = timedelta(days=100)
BEGINNING: Final = date(2000, 1, 1)


def deliver(ctx: Context, partners: Partners, people: People, lives: list[Life]) -> None:
    """Receive, partner by partner, the history and then the last quarter."""
    by_provider: dict[str, list[Life]] = defaultdict(list)
    for life in lives:
        if not life.declared:
            by_provider[life.contract.provider].append(life)
    _agree_on_feeds(ctx, partners, by_provider)
    split = ctx.today - RECENT
    for provider, known in sorted(by_provider.items()):
        last = max(on for life in known for on in life.contract.situations)
        for name, since, until in (
            ("reprise", BEGINNING, split - timedelta(days=1)),
            (f"{last:%Y%m%d}", split, last),
        ):
            said = statement(partners, known, people.names, since, until)
            that_day = _on(ctx, until + timedelta(days=1))
            aggregation.receive(that_day, dump(said), f"{provider}-{name}.json", feed=provider)


def _insures(life: Life) -> bool:
    return life.contract.offer.fonds_euros or not life.contract.offer.kinds


def _on(ctx: Context, day: date) -> Context:
    """Return the context of a morning: the partners did not all write today."""
    then = min(day, ctx.today)
    return replace(ctx, today=then, now=ctx.now - timedelta(days=(ctx.today - then).days))


def _agree_on_feeds(ctx: Context, partners: Partners, lives: dict[str, list[Life]]) -> None:
    """Agree with each partner on what it sends, and how often: insurers monthly, banks weekly."""
    rows = [
        {
            "code": code,
            "label": f"{partners.names[code]} — situations et mouvements",
            "provider_id": partners.provider_ids[code],
            "format": "native",
            "frequency": "monthly" if any(_insures(life) for life in known) else "weekly",
            "grace_days": 5,
        }
        for code, known in sorted(lives.items())
    ]
    with store.tx(ctx) as tx:
        store.insert_rows(tx, Feed, rows)
        tx.touch("aggregation")
