"""What does a file say? Read apart, by the mapping of its feed."""

from o2s_core import store
from o2s_core.aggregation.feed.agreement import agreed_reading, as_agreed
from o2s_core.aggregation.feed.catalogue import feed_named, feed_of
from o2s_core.aggregation.known_mappings import mapping_texts, specs
from o2s_core.aggregation.refusing import refusal_of
from o2s_core.aggregation.sandbox import MappingText, read_apart
from o2s_core.aggregation.statement import Refusal, Statement
from o2s_core.kernel.context import Context


def understood(ctx: Context, data: bytes, name: str, feed: str | None) -> Statement | Refusal:
    """Read a file apart, with the mapping of its feed when one is named."""
    texts = mapping_texts(ctx)
    spec = _asked_mapping(ctx, feed, texts)
    with store.reading(ctx) as session:
        given = agreed_reading(session, ctx, feed or "", data, name)
    result = read_apart(data, name, spec=spec, mappings=list(texts.values()), given=given)
    if isinstance(result, Refusal):
        return result
    with store.reading(ctx) as session:
        known = specs(texts)
        agreed = (
            feed_named(session, ctx, feed, known)
            if feed
            else feed_of(session, ctx, result, data, known)
        )
    refusal = refusal_of(result, agreed, expected=agreed.format if feed else "")
    return refusal or as_agreed(result, agreed)


def _asked_mapping(
    ctx: Context, feed: str | None, texts: dict[str, MappingText]
) -> MappingText | None:
    if not feed:
        return None
    with store.reading(ctx) as session:
        return texts.get(feed_named(session, ctx, feed, specs(texts)).mapping_code)
