"""What the columns of an export hold, to match them by eye, and the words that mean nothing yet."""

from collections.abc import Mapping
from dataclasses import dataclass

from o2s_core import administration, store
from o2s_core.aggregation.statement import Refusal
from o2s_core.aggregation.takeover.kinds import TARGETS, Target
from o2s_core.aggregation.takeover.opening import FileCard, takeover_card
from o2s_core.aggregation.takeover.records import records_of
from o2s_core.aggregation.takeover.tables import unpack
from o2s_core.aggregation.takeover.values import choices
from o2s_core.aggregation.takeover.working_out import adviser_ids
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FeedError, NotFoundError
from o2s_core.kernel.permissions import Permission

#: Examples shown of a column, and words shown of a fact.
EXAMPLES, WORDS = 3, 60


@dataclass(frozen=True, slots=True)
class ExportPreview:
    """An export under its matching."""

    file: FileCard
    how: str  #: encoding and separator, or Excel
    targets: Mapping[str, Target]
    examples: Mapping[str, str]  #: column -> its first different values
    unknown: Mapping[str, tuple[str, ...]]  #: fact -> their words without equivalent
    wrong: int  #: rows that could not be read whole
    first_wrong: str  #: what is wrong with the first of them


def export_preview(ctx: Context, takeover_id: int, file_id: int) -> ExportPreview:
    """Return what an export holds and what of it cannot be read under its matching."""
    ctx.require(Permission.DATA_TAKEOVER)
    card = takeover_card(ctx, takeover_id)
    file = next((f for f in card.files if f.id == file_id and f.table_blob), None)
    if file is None:
        raise NotFoundError("Fichier", file_id)
    table = unpack(store.blob(ctx, file.table_blob))
    if isinstance(table, Refusal):
        raise FeedError(table.message)
    records = records_of(table, file.kind, file.matching, adviser_ids(ctx))
    problems = records.frame["problem"].drop_nulls()
    examples = {
        name: ", ".join(table.column(name).drop_nulls().unique(maintain_order=True).head(EXAMPLES))
        for name in table.columns
    }
    return ExportPreview(
        file, table.how, TARGETS[file.kind], examples,
        {name: words[:WORDS] for name, words in records.unknown.items()},
        len(problems) + records.misfits.height, problems[0] if len(problems) else "",
    )  # fmt: skip


def value_choices(ctx: Context, kind: str, fact: str) -> Mapping[str, str]:
    """Return what a word of a fact may mean: our code, or an adviser's login -> label."""
    ctx.require(Permission.DATA_TAKEOVER)
    target = TARGETS.get(kind, {}).get(fact)
    if target is None or target.kind not in {"choice", "adviser"}:
        raise NotFoundError("Champ", fact)
    if target.kind == "adviser":
        return {adviser.login: adviser.name for adviser in administration.advisers(ctx)}
    return choices(target.vocabulary)
