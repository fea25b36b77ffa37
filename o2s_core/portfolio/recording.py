"""How delivered situations are kept: new, unchanged, corrected or late; the old stay readable."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

import polars as pl
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError, NotFoundError, PermissionDeniedError
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio.models import Account, Situation, SituationLine
from o2s_core.portfolio.projections import mark

EXACT: Final = pl.Decimal(38, 8)

#: One row per account and day; `total` is null when the source declares none.
SITUATION_INPUT: Final = pl.Schema(
    {
        "account_id": pl.Int64(),
        "as_of": pl.Date(),
        "currency": pl.String(),
        "total": EXACT,
    }
)
#: One row per line; cash is a line on a cash instrument, whose `value` is the balance.
LINE_INPUT: Final = pl.Schema(
    {
        "account_id": pl.Int64(),
        "as_of": pl.Date(),
        "instrument_id": pl.Int64(),
        "label": pl.String(),
        "quantity": EXACT,
        "unit_cost": EXACT,
        "price": EXACT,
        "price_on": pl.Date(),
        "accrued": EXACT,
        "value": EXACT,
        "currency": pl.String(),
        "locator": pl.String(),
    }
)
#: What makes two situations the same; where they stand in the file does not.
CONTENT: Final = (
    "instrument_id", "quantity", "unit_cost", "price", "price_on", "accrued", "value", "currency",
)  # fmt: skip
#: The rights by which a delivery reaches the accounts.
FEEDING: Final = (
    Permission.FEED_RECEIVE,
    Permission.FEED_ATTACH,
    Permission.FEED_ACCEPT,
    Permission.FEED_CANCEL,
    Permission.SITUATION_WRITE,
    Permission.DATA_TAKEOVER,
)
Key = tuple[int, date]


@dataclass(slots=True)
class SituationsRecorded:
    """What became of the situations of a delivery; `outcome` by account and day.

    An outcome is new, corrected (a revision of a day already known), late (older
    than what is known), unchanged.
    """

    outcome: dict[Key, str] = field(default_factory=dict)

    def count(self, *outcomes: str) -> int:
        """Return how many situations had one of these outcomes."""
        return sum(found in outcomes for found in self.outcome.values())

    @property
    def new(self) -> int:
        """Return how many situations were stored: new, late and corrected ones."""
        return self.count("new", "late", "corrected")

    @property
    def unchanged(self) -> int:
        """Return how many were already known, word for word."""
        return self.count("unchanged")


def record_situations(
    tx: store.Tx,
    situations: pl.DataFrame,
    lines: pl.DataFrame,
    *,
    delivery_id: int | None,
    source: str = "partner",
    fill_only: bool = False,
    takeover_id: int | None = None,
) -> SituationsRecorded:
    """Keep the situations of some accounts, inside the open write.

    Same content as the active revision of its day: nothing is stored. Other
    content: the next revision becomes active, the old one stays. A day older
    than one already known is kept and flagged late. `fill_only` stores only
    where no active situation exists on the day (see `cancel_delivery`). `takeover_id`
    is the takeover from another tool that brings them, `delivery_id` being then null.

    Parameters
    ----------
    situations, lines
        Schemas `SITUATION_INPUT` and `LINE_INPUT`; the order of rows is free.

    Raises
    ------
    InvalidInputError
        A situation is dated in the future (more than one day ahead).
    NotFoundError
        An account is not of this firm.
    """
    require_feeding(tx.ctx)
    ctx = tx.ctx
    _require_past(situations["as_of"], ctx.today)
    ids = sorted(set(situations["account_id"]))
    require_accounts(tx.session, ctx, ids)
    known = _known(tx.session, ctx, ids)
    hashes = content_hashes(situations, lines)
    recorded = SituationsRecorded()
    rows: list[dict[str, Any]] = []
    for row in situations.iter_rows(named=True):
        key = (row["account_id"], row["as_of"])
        mine = known[row["account_id"]]
        outcome = _outcome(mine, row["as_of"], hashes[key], ctx.now, fill_only=fill_only)
        recorded.outcome[key] = outcome
        if outcome != "unchanged":
            rows.append(
                _situation(ctx, row, known, hashes[key], (delivery_id, source, takeover_id))
            )
    _store(tx, rows, lines)
    return recorded


@dataclass(frozen=True, slots=True)
class _Known:
    as_of: date
    revision: int
    state: str
    content_hash: str
    received_at: datetime


def content_hashes(situations: pl.DataFrame, lines: pl.DataFrame) -> dict[Key, str]:
    """Return a hash of what each situation says, whatever the order of its lines."""
    cells = [pl.col(name).cast(pl.String).fill_null("") for name in CONTENT]
    text = pl.concat_str(*cells, separator="|").alias("text")
    said = (
        lines.select("account_id", "as_of", text)
        .sort("account_id", "as_of", "text")
        .group_by("account_id", "as_of", maintain_order=True)
        .agg(pl.col("text").str.join("\n"))
    )
    by_key = {(account, as_of): body for account, as_of, body in said.iter_rows()}
    heads = situations.select("account_id", "as_of", "currency", pl.col("total").cast(pl.String))
    return {
        (account, as_of): hashlib.sha256(
            f"{currency}|{total or ''}\n{by_key.get((account, as_of), '')}".encode()
        ).hexdigest()
        for account, as_of, currency, total in heads.iter_rows()
    }


def _outcome(
    known: list[_Known], as_of: date, digest: str, now: datetime, *, fill_only: bool
) -> str:
    same_day = [k for k in known if k.as_of == as_of and k.state == "active"]
    if same_day and (fill_only or same_day[0].content_hash == digest):
        return "unchanged"
    if same_day:
        return "corrected"
    return "late" if _is_late(known, as_of, now) else "new"


def _is_late(known: list[_Known], as_of: date, now: datetime) -> bool:
    """Return whether a later day was known already at that moment."""
    return any(k.state == "active" and k.as_of > as_of and k.received_at <= now for k in known)


def _situation(
    ctx: Context,
    row: Mapping[str, Any],
    known: Mapping[int, list[_Known]],
    digest: str,
    origin: tuple[int | None, str, int | None],
) -> dict[str, Any]:
    mine = known[row["account_id"]]
    revisions = [k.revision for k in mine if k.as_of == row["as_of"]]
    return {
        "account_id": row["account_id"],
        "as_of": row["as_of"],
        "revision": max(revisions, default=0) + 1,
        "state": "active",
        "source": origin[1],
        "delivery_id": origin[0],
        "takeover_id": origin[2],
        "currency": row["currency"],
        "reported_total": row["total"],
        "content_hash": digest,
        "received_at": ctx.now,
        "late": _is_late(mine, row["as_of"], ctx.now),
        "note": row.get("note") or "",
    }


def _store(tx: store.Tx, rows: list[dict[str, Any]], lines: pl.DataFrame) -> None:
    """Retire the active revision of each day, then insert the new one with its lines."""
    if not rows:
        return
    _supersede(tx, {(row["account_id"], row["as_of"]) for row in rows})
    ids = store.insert_rows(tx, Situation, rows)
    made = pl.DataFrame(
        {
            "situation_id": ids,
            "account_id": [row["account_id"] for row in rows],
            "as_of": [row["as_of"] for row in rows],
        },
        schema_overrides={"situation_id": pl.Int64, "account_id": pl.Int64, "as_of": pl.Date},
    )
    kept = lines.join(made, on=["account_id", "as_of"], maintain_order="left").drop("as_of")
    store.insert_rows(tx, SituationLine, _filled(kept).to_dicts())
    tx.touch("portfolio")
    mark(tx, {row["account_id"] for row in rows})


def _filled(lines: pl.DataFrame) -> pl.DataFrame:
    return lines.with_columns(pl.col("label", "locator").fill_null(""))


def _supersede(tx: store.Tx, keys: set[Key]) -> None:
    rows = tx.session.exec(
        select(Situation).where(
            Situation.firm_id == tx.ctx.firm_id,
            col(Situation.account_id).in_({account_id for account_id, _ in keys}),
            col(Situation.as_of).in_({as_of for _, as_of in keys}),
            Situation.state == "active",
        )
    )
    for row in rows:
        if (row.account_id, row.as_of) in keys:
            row.state = "superseded"
    tx.session.flush()


def _known(session: Session, ctx: Context, ids: list[int]) -> defaultdict[int, list[_Known]]:
    rows = session.execute(
        columns(
            col(Situation.account_id),
            col(Situation.as_of),
            col(Situation.revision),
            col(Situation.state),
            col(Situation.content_hash),
            col(Situation.received_at),
        ).where(col(Situation.firm_id) == ctx.firm_id, col(Situation.account_id).in_(ids))
    )
    found: defaultdict[int, list[_Known]] = defaultdict(list)
    for account_id, *rest in rows:
        found[account_id].append(_Known(*rest))
    return found


def require_feeding(ctx: Context) -> None:
    """Refuse who has none of the rights by which a situation or a delivery is recorded."""
    if not any(ctx.may(right) for right in FEEDING):
        raise PermissionDeniedError(Permission.FEED_RECEIVE.value)


def _require_past(days: Iterable[date], today: date) -> None:
    ahead = [day for day in days if day > today + timedelta(days=1)]
    if ahead:
        raise InvalidInputError(
            f"La situation est datée du {french.day(max(ahead))}, dans le futur : "
            "vérifiez la date du fichier."
        )


def require_accounts(session: Session, ctx: Context, ids: list[int]) -> None:
    """Refuse an account of another firm."""
    known = set(
        session.exec(
            select(Account.id).where(Account.firm_id == ctx.firm_id, col(Account.id).in_(ids))
        )
    )
    for missing in (id_ for id_ in ids if id_ not in known):
        raise NotFoundError("Compte", missing)
