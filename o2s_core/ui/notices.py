"""What the bell tells: which data are new for the accounts of the person."""

from o2s_core import aggregation
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission


def technical(ctx: Context) -> list[dict[str, str]]:
    """Return the technical notifications of the person: new data for their accounts."""
    ask = getattr(aggregation, "news", None)
    if ask is None or not ctx.may(Permission.NOTIFICATION_VIEW):
        return []
    return [{"text": n.text, "href": n.href, "when": n.when} for n in ask(ctx)]
