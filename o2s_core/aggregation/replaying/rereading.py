"""What do the archived files say, read again? Apart, before anything is written."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final

from sqlmodel import col, select

from o2s_core import store
from o2s_core.aggregation.feed.agreement import agreed_reading, as_agreed
from o2s_core.aggregation.feed.catalogue import feed_named
from o2s_core.aggregation.known_mappings import mapping_texts, specs
from o2s_core.aggregation.mapping.shipped import shipped_texts
from o2s_core.aggregation.models import Delivery, Feed, Mapping
from o2s_core.aggregation.packing import pack
from o2s_core.aggregation.refusing import refusal_of
from o2s_core.aggregation.sandbox import MappingText, read_apart
from o2s_core.aggregation.staging import completed
from o2s_core.aggregation.statement import Refusal, Statement
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError

#: Which version of its mapping a file is read with: the one it was read with, or the newest.
CHOICES: Final = {"original": "celle d'origine", "newest": "la plus récente"}


@dataclass(frozen=True, slots=True)
class Reread:
    """What one archived file says today; `sha` is where its statement rests."""

    delivery_id: int
    result: Statement | Refusal
    sha: str = ""


#: What is told of the way: steps done, steps in all, a French sentence.
Progress = Callable[[int, int, str], None]


def reread(
    ctx: Context,
    deliveries: Sequence[Delivery],
    mapping: str,
    progress: Progress | None = None,
) -> dict[int, Reread]:
    """Read some deliveries again from the archive; store what was read, and nothing else.

    `mapping` is original or newest (see `CHOICES`).
    """
    if mapping not in CHOICES:
        raise InvalidInputError("Correspondance : choisissez « original » ou « newest ».")
    texts = mapping_texts(ctx)
    revisions = _revisions(ctx)
    asked = [
        (row, texts.get(row.mapping_code) if mapping == "newest" else _of(row, revisions))
        for row in deliveries
    ]
    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        found = {}
        for one in pool.map(lambda pair: read_again(ctx, pair[0], pair[1], texts), asked):
            found[one.delivery_id] = one
            if progress is not None:
                said = f"Lecture de l'archive : {len(found)} fichiers sur {len(asked)}"
                progress(len(found), len(asked) + 1, said)
    return found


def read_again(
    ctx: Context, row: Delivery, text: MappingText | None, texts: dict[str, MappingText]
) -> Reread:
    """Read one archived file again, with one mapping, or as it is recognised."""
    data = store.blob(ctx, row.sha256)
    others = [] if text else list(texts.values())
    with store.reading(ctx) as session:
        code = session.exec(select(Feed.code).where(Feed.id == row.feed_id)).first()
        given = agreed_reading(session, ctx, code or "", data, row.file_name)
    result = read_apart(data, row.file_name, spec=text, mappings=others, given=given)
    if isinstance(result, Statement):
        result = _as_its_feed_takes_it(ctx, row, result, texts)
    if isinstance(result, Refusal):
        return Reread(row.id or 0, result)
    whole = completed(result)
    return Reread(row.id or 0, whole, store.save_blob(ctx, pack(whole)))


def _as_its_feed_takes_it(
    ctx: Context, row: Delivery, statement: Statement, texts: dict[str, MappingText]
) -> Statement | Refusal:
    """Return a reading by the rules of the delivery's feed, even if it was put aside since."""
    with store.reading(ctx) as session:
        code = session.exec(select(Feed.code).where(Feed.id == row.feed_id)).one()
        feed = replace(feed_named(session, ctx, code, specs(texts)), active=True)
    refusal = refusal_of(statement, feed, expected=feed.format if row.asked_feed else "")
    return refusal or as_agreed(statement, feed)


def _revisions(ctx: Context) -> dict[tuple[str, int], MappingText]:
    with store.reading(ctx) as session:
        rows = session.exec(
            select(Mapping).where(Mapping.firm_id == ctx.firm_id).order_by(col(Mapping.id))
        ).all()
    known = {(code, 0): MappingText(text, 0) for code, text in shipped_texts().items()}
    return known | {(r.code, r.revision): MappingText(r.text, r.revision) for r in rows}


def _of(row: Delivery, revisions: dict[tuple[str, int], MappingText]) -> MappingText | None:
    """Return the version of the mapping that read a delivery, None for a format read directly."""
    return revisions.get((row.mapping_code, row.mapping_revision or 0))
