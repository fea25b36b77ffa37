"""What is agreed with a partner about its files, declared and changed (fiche d'un flux)."""

from dataclasses import asdict, dataclass
from typing import Any, Final

from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.aggregation.feed.forms import FeedForm, feed_form
from o2s_core.aggregation.feed.people import feed_people
from o2s_core.aggregation.feed.tolerances import (
    TOLERANCE_FIELDS,
    Tolerances,
    stored,
    tolerances_of,
)
from o2s_core.aggregation.formats import FORMATS
from o2s_core.aggregation.known_mappings import mapping_texts, specs
from o2s_core.aggregation.models import Feed
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import (
    FieldChange,
    FieldProblem,
    InvalidInputError,
    NotFoundError,
    StaleEditError,
)
from o2s_core.kernel.forms import FormSchema
from o2s_core.kernel.permissions import Permission
from o2s_core.market.models import Provider

TOLERANCE_FORM: Final = FormSchema("Tolérances", TOLERANCE_FIELDS)
#: Read by a mapping, or by the text that they hold.
INDIRECT: Final = frozenset({"csv", "xlsx", "pdf"})


@dataclass(frozen=True, slots=True)
class FeedCard:
    """A feed and what is agreed about it, with the version that an edit must name."""

    id: int
    version: int
    form: FeedForm
    tolerances: Tolerances

    @property
    def has_own_tolerances(self) -> bool:
        """Return whether a figure differs from the product's."""
        return bool(stored(self.tolerances))


def feed_card(ctx: Context, feed_id: int) -> FeedCard:
    """Return what is agreed about a feed."""
    ctx.require(Permission.FEED_READ)
    with store.reading(ctx) as session:
        return _card(one_feed(session, ctx, feed_id))


def _card(row: Feed) -> FeedCard:
    return FeedCard(row.id or 0, row.version, _form_of(row), tolerances_of(row))


def _form_of(row: Feed) -> FeedForm:
    plain = ("label", "provider_id", "code", "frequency", "grace_days", "currency",
             "max_error_share", "auto_commit", "active", "owner_id", "time_zone",
             "date_order", "account_numbers")  # fmt: skip
    source = f"mapping:{row.mapping_code}" if row.mapping_code else f"format:{row.format}"
    said = row.asked_completeness or "as_said"
    return FeedForm(
        source=source, completeness=said, **{name: getattr(row, name) for name in plain}
    )


def one_feed(session: Session, ctx: Context, feed_id: int) -> Feed:
    """Return the record of a feed, or say that it is not found."""
    query = select(Feed).where(Feed.firm_id == ctx.firm_id, Feed.id == feed_id)
    found = session.exec(query).first()
    if found is None:
        raise NotFoundError("Flux", feed_id)
    return found


def feed_schema(ctx: Context) -> FormSchema:
    """Return the form of a feed, with the partners, mappings and people of the firm."""
    ctx.require(Permission.FEED_READ)
    with store.reading(ctx) as session:
        partners = session.exec(
            select(col(Provider.id), Provider.name)
            .where(Provider.firm_id == ctx.firm_id)
            .order_by(Provider.name)
        ).all()
        people = feed_people(session, ctx, Permission.FEED_READ)
    return feed_form(
        {str(id_): name for id_, name in partners},
        _sources(ctx),
        {str(id_): name for id_, name in people.items()},
    )


def _sources(ctx: Context) -> dict[str, str]:
    """Return how the files of a feed may be read: by each mapping, or as they are."""
    known = specs(mapping_texts(ctx))
    by_mapping = {f"mapping:{s.code}": s.label or s.code for s in known if not s.refusal}
    direct = {
        f"format:{f.code}": f"{f.label[:1].upper()}{f.label[1:]}"
        for f in FORMATS.values()
        if f.supported and f.code not in INDIRECT
    }
    return direct | dict(sorted(by_mapping.items(), key=lambda item: item[1].casefold()))


def declare_feed(ctx: Context, form: FeedForm, *, key: str | None = None) -> FeedCard:
    """Declare a feed before its first file; the same `key` twice declares one.

    Raises
    ------
    InvalidInputError
        A field is missing or wrong, or the code is taken.
    """
    ctx.require(Permission.FEED_WRITE)
    ready = form.tidied()
    feed_schema(ctx).require_valid(ready.values(), ctx.today)
    columns = _columns(ctx, ready)
    with store.tx(ctx) as tx:

        def make() -> int:
            _require_free(tx.session, ctx, ready.code)
            row = Feed(firm_id=ctx.firm_id, code=ready.code, **columns)
            tx.add(row)
            tx.audit("create", "feed", row.id, after={"code": ready.code} | columns)
            tx.touch("aggregation")
            return row.id or 0

        return _card(one_feed(tx.session, ctx, store.idempotent(tx, key, make)))


def _require_free(session: Session, ctx: Context, code: str) -> None:
    taken = select(Feed.id).where(Feed.firm_id == ctx.firm_id, Feed.code == code)
    if session.exec(taken).first() is not None:
        problem = f"« {code} » existe déjà, choisissez-en un autre."
        raise InvalidInputError([FieldProblem("code", "Code du flux", problem)])


def edit_feed(ctx: Context, feed_id: int, form: FeedForm, expected_version: int) -> FeedCard:
    """Change what is agreed about a feed; its code stays, files already named it.

    Raises
    ------
    StaleEditError
        Somebody changed it after `expected_version` was read.
    """
    ctx.require(Permission.FEED_WRITE)
    ready = form.tidied()
    schema = feed_schema(ctx)
    schema.require_valid(ready.values(), ctx.today)
    columns = _columns(ctx, ready)
    with store.tx(ctx) as tx:
        row = one_feed(tx.session, ctx, feed_id)
        before = {name: getattr(row, name) for name in columns}
        _require_current(row, expected_version, _changes(schema, _form_of(row), ready))
        _write(tx, row, before, columns)
        return _card(row)


def set_tolerances(
    ctx: Context, feed_id: int, tolerances: Tolerances, expected_version: int
) -> FeedCard:
    """Change how far the figures of a feed may be from ours; the next deliveries obey.

    `Tolerances()` puts the product's figures back.
    """
    ctx.require(Permission.FEED_WRITE)
    TOLERANCE_FORM.require_valid(asdict(tolerances), ctx.today)
    with store.tx(ctx) as tx:
        row = one_feed(tx.session, ctx, feed_id)
        _require_current(row, expected_version, [])
        _write(tx, row, {"tolerances": row.tolerances}, {"tolerances": stored(tolerances)})
        return _card(row)


def _write(tx: store.Tx, row: Feed, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Write what changed of a feed, and say it in the audit trail; nothing when nothing did."""
    changed = [name for name in after if before[name] != after[name]]
    if not changed:
        return
    for name in changed:
        setattr(row, name, after[name])
    tx.add(row)
    tx.audit(
        "update", "feed", row.id,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )  # fmt: skip
    tx.touch("aggregation")


def _columns(ctx: Context, form: FeedForm) -> dict[str, Any]:
    """Return the columns that a form writes."""
    kind, _, code = form.source.partition(":")
    by_mapping = kind == "mapping"
    types = {s.code: s.reading.type for s in specs(mapping_texts(ctx))} if by_mapping else {}
    plain = ("label", "provider_id", "frequency", "grace_days", "currency", "max_error_share",
             "auto_commit", "active", "owner_id", "time_zone", "date_order",
             "account_numbers")  # fmt: skip
    return {name: getattr(form, name) for name in plain} | {
        "mapping_code": code if by_mapping else "",
        "format": types[code] if by_mapping else code,
        "asked_completeness": "" if form.completeness == "as_said" else form.completeness,
    }


def _changes(schema: FormSchema, stored_form: FeedForm, typed: FeedForm) -> list[FieldChange]:
    labels = {field.key: field.label for field in schema.fields}
    before, after = asdict(stored_form), asdict(typed)
    return [
        FieldChange(labels[name], before[name], after[name])
        for name in before
        if name != "code" and before[name] != after[name]
    ]


def _require_current(row: Feed, expected: int, changes: list[FieldChange]) -> None:
    if row.version != expected:
        raise StaleEditError("Le flux", changes)
