"""What the invented partners delivered, through the same pipeline as a real file."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Final

from o2s_core import aggregation
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
    split = ctx.today - RECENT
    for provider, known in sorted(by_provider.items()):
        for name, since, until in (
            ("reprise", BEGINNING, split - timedelta(days=1)),
            (f"{ctx.today:%Y%m%d}", split, ctx.today),
        ):
            said = statement(partners, known, people.names, since, until)
            aggregation.receive(ctx, dump(said), f"{provider}-{name}.json", feed=provider)
