"""What will become of each account? Checked, matched, prepared; nothing visible yet."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

import polars as pl
from sqlmodel import Session, select

from o2s_core import store
from o2s_core.aggregation.account_matching import (
    Asked,
    Known,
    all_names,
    contradicts,
    held_by,
    holder_names,
    known_accounts,
)
from o2s_core.aggregation.changes import unexplained_changes
from o2s_core.aggregation.controls import controls, stopped, with_balances
from o2s_core.aggregation.feed.catalogue import FeedSpec, ensure_provider
from o2s_core.aggregation.models import (
    Anomaly,
    Delivery,
    DeliveryAccount,
    RawRow,
    StatementNumber,
)
from o2s_core.aggregation.routing.resolving import routed
from o2s_core.aggregation.statement import ACCOUNTS, ANOMALIES, SITUATIONS, Statement
from o2s_core.aggregation.vanished import vanished
from o2s_core.contacts.models import Contact
from o2s_core.kernel.context import Context
from o2s_core.kernel.french import NBSP
from o2s_core.kernel.identifiers import compact
from o2s_core.market.rates import euro_rate

#: Anomalies kept of one delivery; beyond, only the first ones of each are.
KEPT: Final = 5_000


def completed(statement: Statement) -> Statement:
    """Return a statement in which each account and each situation has its row.

    A file may give lines without heading them, and a bank balance without line.
    A flat file's situation that has neither line nor total says nothing: it goes.
    """
    ids = pl.concat(
        [getattr(statement, name).select("external_id")
         for name in ("accounts", "situations", "lines", "movements")]
    ).unique(maintain_order=True)  # fmt: skip
    named = statement.accounts.unique("external_id", keep="first", maintain_order=True)
    accounts = ids.join(named, on="external_id", how="left", maintain_order="left")
    situations = _situations(statement)
    whole = replace(
        statement,
        accounts=accounts.select(ACCOUNTS.names()).with_columns(
            pl.col("label", "holder", "envelope", "currency", "locator").fill_null("")
        ),
        situations=situations,
    )
    return replace(whole, lines=with_balances(whole))


def _situations(statement: Statement) -> pl.DataFrame:
    days = ["external_id", "as_of"]
    heads = statement.situations.unique(days, keep="first", maintain_order=True)
    if statement.format in {"csv", "xlsx"}:
        empty = heads.join(statement.lines, on=days, how="anti")
        silent = empty.filter(pl.col("total").is_null())
        heads = heads.join(silent, on=days, how="anti")
    headless = statement.lines.join(heads, on=days, how="anti")
    made = headless.group_by(days, maintain_order=True).agg(
        pl.col("currency").first(), pl.col("locator").first()
    )
    return pl.concat([heads, made], how="diagonal").select(SITUATIONS.names())


@dataclass(frozen=True, slots=True)
class Staged:
    """What staging found: the accounts with their state, and the anomalies."""

    accounts: pl.DataFrame  #: STAGED
    anomalies: pl.DataFrame


def stage(
    tx: store.Tx,
    delivery: Delivery,
    statement: Statement,
    feed: FeedSpec,
    settled: Mapping[str, Known | None] | None = None,
) -> Staged:
    """Decide the state of each account of a delivery, inside the open write.

    Known and sound: staged. Unknown: to attach. Contradicted: quarantined. `settled`
    are accounts that were decided when the file was first read: they are not asked again.
    """
    ctx, session = tx.ctx, tx.session
    providers = _providers(tx, statement, feed)
    decided = settled or {}
    names = [e for e in statement.accounts["external_id"] if e not in decided]
    asked = [Asked(e, providers[e]) for e in names]
    known = known_accounts(session, ctx, asked)
    known |= _of_contact(session, ctx, delivery, asked, known)
    known |= {e: k for e, k in decided.items() if k is not None}
    found = pl.concat(
        [
            statement.anomalies,
            controls(statement, ctx.today, _rates(ctx, statement, feed), feed.tolerances),
            _holders_and_closings(session, ctx, delivery, statement, known),
            unexplained_changes(ctx, statement, known, feed.tolerances.account_change),
            _by_hand(statement, feed),
            pl.DataFrame(vanished(session, ctx, delivery, statement, feed), ANOMALIES),
        ]
    ).select(ANOMALIES.names())
    stop = stopped(found)
    rows = _decided(delivery, _summed(statement), known, stop).with_columns(
        delivery_id=pl.lit(delivery.id, pl.Int64),
        provider_id=pl.col("external_id").replace_strict(providers, return_dtype=pl.Int64),
        reason=pl.lit(""),
    )
    told = routed(session, ctx, statement, rows)
    return Staged(told.select(STAGED.names()).cast(STAGED), found)


def keep(tx: store.Tx, delivery: Delivery, statement: Statement, staged: Staged) -> None:
    """Write what staging found: raw rows, anomalies, accounts."""
    raw = statement.raw.unique("locator", keep="first", maintain_order=True)
    store.insert_frame(tx, RawRow, raw.with_columns(delivery_id=pl.lit(delivery.id)))
    keep_numbers(tx, delivery, statement)
    keep_anomalies(tx, delivery, staged.anomalies)
    store.insert_frame(tx, DeliveryAccount, staged.accounts)


#: What is written of each account when it is prepared.
STAGED: Final = pl.Schema(
    {
        "delivery_id": pl.Int64(),
        "external_id": pl.String(),
        "account_id": pl.Int64(),
        "state": pl.String(),
        "label": pl.String(),
        "holder": pl.String(),
        "envelope": pl.String(),
        "currency": pl.String(),
        "as_of": pl.Date(),
        "total": store.EXACT_FRAME,
        "lines": pl.Int64(),
        "movements": pl.Int64(),
        "reason": pl.String(),
        "provider_id": pl.Int64(),
        "broker_code": pl.String(),
        "adviser_id": pl.Int64(),
        "agency_id": pl.Int64(),
    }
)


def keep_numbers(tx: store.Tx, delivery: Delivery, statement: Statement) -> None:
    """Write which numbered statements of a bank a delivery holds, each once."""
    known = statement.numbers.unique(["external_id", "number", "as_of"], maintain_order=True)
    rows = known.drop("locator").with_columns(delivery_id=pl.lit(delivery.id))
    store.insert_rows(tx, StatementNumber, rows.to_dicts())


def keep_anomalies(tx: store.Tx, delivery: Delivery, anomalies: pl.DataFrame) -> None:
    """Write the anomalies of a delivery; of a flood, the first ones."""
    said = anomalies.head(KEPT).with_columns(
        pl.col("external_id", "locator", "field", "raw").fill_null("")
    )
    rows = [row | _UNDECIDED | {"delivery_id": delivery.id} for row in said.to_dicts()]
    store.insert_rows(tx, Anomaly, rows)


_UNDECIDED: Final = {"decided_at": None, "decided_by": None, "decision": ""}


def _providers(tx: store.Tx, statement: Statement, feed: FeedSpec) -> dict[str, int]:
    """Return the partner of each account: the file's word first, else the feed's."""
    named = {row["external_id"]: row for row in statement.partners.to_dicts()}
    made: dict[str, int] = {}
    for row in named.values():
        if row["code"] not in made:
            made[row["code"]] = ensure_provider(tx, row["code"], row["name"] or row["code"])
    default = feed.provider_id or 0
    return {
        e: made[named[e]["code"]] if e in named else default
        for e in statement.accounts["external_id"]
    }


def _of_contact(
    session: Session,
    ctx: Context,
    delivery: Delivery,
    asked: list[Asked],
    known: Mapping[str, Known],
) -> dict[str, Known]:
    """Return the accounts of the contact whom the sender named, by number at any partner."""
    if delivery.for_contact_id is None:
        return {}
    found = {
        a.external_id: held_by(session, ctx, delivery.for_contact_id, compact(a.external_id))
        for a in asked
        if a.external_id not in known and compact(a.external_id)
    }
    return {external_id: k for external_id, k in found.items() if k}


def _rates(ctx: Context, statement: Statement, feed: FeedSpec) -> dict[str, Decimal]:
    days = statement.situations["as_of"].drop_nulls()
    if days.is_empty():
        return {}
    last = max(days)
    used = {c for c in statement.lines["currency"].unique() if c and c != "EUR"}
    used |= {c for c in statement.situations["currency"].unique() if c and c != "EUR"}
    rates = {code: euro_rate(ctx, code, last) for code in used}
    oldest = last - timedelta(days=feed.tolerances.rate_days)
    return {code: r.units_per_euro for code, r in rates.items() if r and r.on >= oldest}


def _holders_and_closings(
    session: Session,
    ctx: Context,
    delivery: Delivery,
    statement: Statement,
    known: Mapping[str, Known],
) -> pl.DataFrame:
    closed = [e for e, k in known.items() if k.closed]
    holders = pl.col("holder").str.strip_chars() != ""
    looked_at = statement.accounts.filter(holders | pl.col("external_id").is_in(closed))
    ids = {e: i for e in looked_at["external_id"] if (i := _account_of(known, e)) is not None}
    names = holder_names(session, ctx, ids.values())
    named = _contact_names(session, ctx, delivery.for_contact_id)
    rows = []
    for account in looked_at.iter_rows(named=True):
        external_id, holder = account["external_id"], account["holder"]
        if external_id in ids and contradicts(holder, names.get(ids[external_id], "")):
            rows.append(_about(account, "A-TITULAIRE", "holder", holder, _HOLDER))
        if external_id not in known and contradicts(holder, named):
            rows.append(_about(account, "A-NOM", "holder", holder, _OTHER_NAME))
        if external_id in known and known[external_id].closed:
            rows.append(_about(account, "A-CLOTURE", "account", external_id, _CLOSED))
    return pl.DataFrame(rows, ANOMALIES)


def _account_of(known: Mapping[str, Known], external_id: str) -> int | None:
    return known[external_id].account_id if external_id in known else None


_HOLDER: Final = (
    "Le titulaire du fichier n'est pas celui du compte : vérifiez le rattachement, puis acceptez "
    "avec le motif ou rejetez."
)
_OTHER_NAME: Final = (
    "Le titulaire du fichier n'est pas le contact que vous avez désigné : vérifiez, puis annulez "
    "la livraison si c'est une erreur."
)
_CLOSED: Final = (
    "Ce compte est clôturé et reçoit encore des données : rouvrez-le, ou rejetez cette livraison "
    "pour lui."
)


def _about(
    account: Mapping[str, Any], code: str, field: str, raw: str, message: str
) -> dict[str, str]:
    return {
        "external_id": account["external_id"],
        "code": code,
        "severity": "warning",
        "locator": account["locator"],
        "field": field,
        "raw": raw,
        "message": message,
    }


def _contact_names(session: Session, ctx: Context, contact_id: int | None) -> str:
    query = select(Contact).where(Contact.firm_id == ctx.firm_id, Contact.id == contact_id)
    contact = session.exec(query).first() if contact_id else None
    return all_names(contact) if contact else ""


def _by_hand(statement: Statement, feed: FeedSpec) -> pl.DataFrame:
    if feed.auto_commit:
        return ANOMALIES.to_frame()
    message = f"Le flux «{NBSP}{feed.label}{NBSP}» demande une validation : relisez, puis acceptez."
    rows = [
        _about(a, "A-VALIDER", "", "", message) for a in statement.accounts.iter_rows(named=True)
    ]
    return pl.DataFrame(rows, ANOMALIES)


def _summed(statement: Statement) -> pl.DataFrame:
    """Return the accounts with what the file says of them: newest day, total, sizes."""
    newest = statement.situations.sort("as_of").unique("external_id", keep="last")
    days = newest.select("external_id", "as_of", "total", pl.col("currency").alias("_in"))
    lines = statement.lines.join(newest.select("external_id", "as_of"), on=["external_id", "as_of"])
    worth = lines.group_by("external_id").agg(
        pl.col("value").sum().alias("_sum"), pl.col("currency").n_unique().alias("_currencies")
    )
    counts = [
        getattr(statement, name).group_by("external_id").agg(pl.len().alias(name))
        for name in ("lines", "movements")
    ]
    table = statement.accounts.join(days, on="external_id", how="left", maintain_order="left")
    for other in (worth, *counts):
        table = table.join(other, on="external_id", how="left", maintain_order="left")
    alone = pl.when(pl.col("_currencies") == 1).then(pl.col("_sum"))
    return table.with_columns(
        pl.coalesce("total", alone).alias("total"),
        pl.coalesce(pl.col("currency").replace("", None), "_in", pl.lit("")).alias("currency"),
        pl.col("lines", "movements").fill_null(0),
    )


def _decided(
    delivery: Delivery, accounts: pl.DataFrame, known: Mapping[str, Known], stop: set[str]
) -> pl.DataFrame:
    """Return the accounts of a file with the account that each is, and its state.

    Ignored when it was decided so; to attach when nobody knows it; in quarantine when it
    is among `stop`; else ready.
    """
    table = pl.DataFrame(
        {
            "external_id": list(known),
            "account_id": [k.account_id for k in known.values()],
            "_known": [True] * len(known),
        },
        {"external_id": pl.String, "account_id": pl.Int64, "_known": pl.Boolean},
    )
    both = accounts.join(table, on="external_id", how="left", maintain_order="left")
    unknown = pl.lit(delivery.for_contact_id is None) & pl.col("_known").is_null()
    state = (
        pl.when(pl.col("_known") & pl.col("account_id").is_null()).then(pl.lit("ignored"))
        .when(unknown).then(pl.lit("to_attach"))
        .when(pl.col("external_id").is_in(list(stop))).then(pl.lit("quarantined"))
        .otherwise(pl.lit("staged"))
    )  # fmt: skip
    return both.with_columns(state=state).drop("_known")


def newest_day(statement: Statement) -> date | None:
    """Return the newest day that a statement speaks of."""
    days = [
        statement.situations["as_of"].max(),
        statement.movements["trade_on"].max(),
        statement.funds["as_of"].max(),
        statement.prices["day"].max(),
        statement.rates["day"].max(),
    ]
    return max((d for d in days if isinstance(d, date)), default=None)
