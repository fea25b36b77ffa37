"""What the bell tells: which data are new for the accounts of the person, and what waits."""

from o2s_core import aggregation
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission


def technical(ctx: Context) -> list[dict[str, str]]:
    """Return the technical notifications of the person, newest first."""
    if not ctx.may(Permission.NOTIFICATION_VIEW):
        return []
    return [{"text": n.text, "href": n.href, "when": n.when} for n in aggregation.news(ctx)]


def read(ctx: Context) -> None:
    """Note that the person has read them: the bell counts afresh."""
    aggregation.mark_seen(ctx)
