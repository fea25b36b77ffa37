"""What becomes of a file of prices or of rates? Kept, waiting, refused; and taken back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl
from sqlmodel import col, select

from o2s_core import store
from o2s_core.aggregation.feed.catalogue import UNNAMED
from o2s_core.aggregation.models import Delivery, Feed
from o2s_core.aggregation.packing import unpack
from o2s_core.aggregation.report import FINAL
from o2s_core.aggregation.staging import keep_anomalies
from o2s_core.aggregation.statement import ANOMALIES, Statement
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.market import matching
from o2s_core.market.doubtful_prices import forget_doubts
from o2s_core.market.models import Instrument, Provider
from o2s_core.market.price_history import PRICE_INPUT, withdraw_prices
from o2s_core.market.price_intake import REFUSALS, Taken, take_prices
from o2s_core.market.price_precedence import VENDOR
from o2s_core.market.rates import RATE_INPUT, put_rates, unsound_rates, withdraw_rates
from o2s_core.portfolio.recording import require_feeding

KEY: Final = ("instrument_id", "day", "source")
#: A price of a file, with its place in it.
_FOUND: Final = pl.Schema({**PRICE_INPUT, "locator": pl.String(), "code": pl.String()})


@dataclass(frozen=True, slots=True)
class Listed:
    """What became of the prices and rates of a delivery."""

    new: int = 0
    corrected: int = 0
    unchanged: int = 0
    doubtful: int = 0
    refused: int = 0
    unknown: int = 0  #: of supports that the firm does not have
    rates: int = 0

    @property
    def state(self) -> str:
        """Return the state of a delivery that brought only this."""
        kept = self.new + self.corrected + self.unchanged + self.rates + self.unknown
        waits = self.doubtful + self.refused
        return "committed" if not waits else "partly_committed" if kept else "quarantined"

    @property
    def message(self) -> str:
        """Return in one sentence what became of them."""
        told = [
            (self.new, "nouveau", "nouveaux"),
            (self.corrected, "corrigé", "corrigés"),
            (self.unchanged, "inchangé", "inchangés"),
            (self.doubtful, "à confirmer", "à confirmer"),
            (self.refused, "refusé", "refusés"),
            (self.unknown, "d'un support inconnu", "de supports inconnus"),
        ]
        parts = [french.count(n, one, several) for n, one, several in told if n]
        said = [f"Cours : {', '.join(parts)}."] if parts else []
        said += [f"Taux : {french.number(self.rates, 0)}."] if self.rates else []
        return " ".join(said)


def commit_listed(ctx: Context, delivery_id: int, statement: Statement) -> Listed | None:
    """Keep the prices and rates of a delivery, once; None when it has none, or is done.

    A price of a support that the firm does not have is counted and left: a
    vendor prices thousands. Refused prices and those that jump are anomalies
    of the delivery; the latter wait in « Cours à confirmer ».
    """
    require_feeding(ctx)
    if statement.prices.is_empty() and statement.rates.is_empty():
        return None
    with store.tx(ctx) as tx:
        delivery = _delivery(tx, delivery_id)
        if delivery.state in FINAL:
            return None
        prices = listed_prices(ctx, delivery, statement)
        known = prices.filter(pl.col("instrument_id").is_not_null())
        taken = take_prices(tx, known.select(PRICE_INPUT.names()), delivery_id=delivery_id)
        found = [_refused(known, taken), _doubted(known, taken)]
        kept, wrong = _rates(tx, delivery, statement)
        keep_anomalies(tx, delivery, pl.concat([*found, wrong]))
        unknown = prices.height - known.height
        refused = taken.refused.height + wrong.height
        delivery.ignored += unknown
        delivery.mapped -= unknown + refused
        delivery.errors += refused
        tx.touch("aggregation")
    return Listed(
        taken.new, taken.corrected, taken.unchanged, taken.doubtful, refused, unknown, kept
    )


def give_back_listed(tx: store.Tx, delivery: Delivery) -> int:
    """Take back the prices and rates of a cancelled delivery; return how many prices went.

    Where another standing delivery of the same feed said one, the newest word
    counts again.
    """
    statement = _statement(tx.ctx, delivery)
    if statement is None:
        return 0
    mine = listed_prices(tx.ctx, delivery, statement).filter(pl.col("instrument_id").is_not_null())
    forget_doubts(tx, mine)
    withdrawn = withdraw_prices(tx, mine.select(KEY)) if mine.height else 0
    rates = listed_rates(tx, delivery, statement)
    withdraw_rates(tx, rates)
    for other, told in _others(tx, delivery, _first_day(statement)):
        said = listed_prices(tx.ctx, other, told).join(mine, on=KEY, how="semi")
        if said.height:
            take_prices(tx, said.select(PRICE_INPUT.names()), delivery_id=other.id)
            mine = mine.join(said, on=KEY, how="anti")
        again = listed_rates(tx, other, told).join(rates, on=["currency", "day"], how="semi")
        put_rates(tx, unsound_rates(again)[0])
        rates = rates.join(again, on=["currency", "day"], how="anti")
        if mine.is_empty() and rates.is_empty():
            break
    return withdrawn


def _delivery(tx: store.Tx, delivery_id: int) -> Delivery:
    query = select(Delivery).where(Delivery.firm_id == tx.ctx.firm_id, Delivery.id == delivery_id)
    return tx.session.exec(query).one()


def _statement(ctx: Context, delivery: Delivery) -> Statement | None:
    """Return what was read of a delivery when it holds prices or rates."""
    if not delivery.statement_blob:
        return None
    found = unpack(store.blob(ctx, delivery.statement_blob))
    listed = isinstance(found, Statement) and not (
        found.prices.is_empty() and found.rates.is_empty()
    )
    return found if listed and isinstance(found, Statement) else None


def _first_day(statement: Statement) -> date:
    days = [statement.prices["day"].min(), statement.rates["day"].min()]
    return min((day for day in days if isinstance(day, date)), default=date.max)


def _others(tx: store.Tx, delivery: Delivery, since: date) -> Iterator[tuple[Delivery, Statement]]:
    """Yield the other standing deliveries of a feed that may speak of a day, newest first."""
    query = select(Delivery).where(
        Delivery.firm_id == tx.ctx.firm_id,
        Delivery.feed_id == delivery.feed_id,
        Delivery.id != delivery.id,
        col(Delivery.as_of) >= since,
        col(Delivery.state).in_(("committed", "partly_committed")),
    )
    for other in tx.session.exec(query.order_by(col(Delivery.id).desc())).all():
        told = _statement(tx.ctx, other)
        if told is not None:
            yield other, told


def _source(ctx: Context, delivery: Delivery) -> tuple[str, int]:
    """Return the source that a feed's prices are kept under, and its partner."""
    query = (
        select(Feed.code, Provider.code, Provider.id)
        .join(Provider, col(Provider.id) == col(Feed.provider_id))
        .where(Feed.firm_id == ctx.firm_id, Feed.id == delivery.feed_id)
    )
    with store.reading(ctx) as session:
        feed, provider, provider_id = session.exec(query).one()
    return VENDOR + (feed if provider == UNNAMED[0] else provider), provider_id or 0


def listed_prices(ctx: Context, delivery: Delivery, statement: Statement) -> pl.DataFrame:
    """Return the prices of a file with their support, null when the firm does not have it.

    Of several prices of one support and day the last row of the file counts.
    """
    source, provider_id = _source(ctx, delivery)
    ids = _supports(ctx, provider_id, statement.prices)
    named = statement.prices.join(ids, on=["code_type", "code"], how="left", maintain_order="left")
    quoted = _currencies(ctx, ids["instrument_id"].drop_nulls().unique().to_list())
    rows = named.join(quoted, on="instrument_id", how="left", maintain_order="left").with_columns(
        currency=pl.coalesce("currency", "quoted_in"),
        kind=pl.col("kind").fill_null("nav"),
        source=pl.lit(source),
    )
    found = store.conform(rows, _FOUND, source="prices of a file")
    unknown = found.filter(pl.col("instrument_id").is_null())
    known = found.filter(pl.col("instrument_id").is_not_null())
    return pl.concat([known.unique(KEY, keep="last", maintain_order=True), unknown])


def _supports(ctx: Context, provider_id: int, prices: pl.DataFrame) -> pl.DataFrame:
    pairs = prices.select("code_type", "code").unique().drop_nulls().rows()
    isins = [code for kind, code in pairs if kind == "isin"]
    others = [pair for pair in pairs if pair[0] != "isin"]
    found = {("isin", isin): id_ for isin, id_ in matching.instruments_by_isin(ctx, isins).items()}
    found |= matching.instruments_by_alias(ctx, provider_id, others)
    shape = {"code_type": pl.String, "code": pl.String, "instrument_id": pl.Int64}
    return pl.DataFrame([(*pair, id_) for pair, id_ in found.items()], shape, orient="row")


def _currencies(ctx: Context, ids: list[int]) -> pl.DataFrame:
    shape = {"instrument_id": pl.Int64, "quoted_in": pl.String}
    query = select(Instrument.id, Instrument.currency).where(Instrument.firm_id == ctx.firm_id)
    with store.reading(ctx) as session:
        rows = [tuple(row) for row in session.exec(query)]
    table = pl.DataFrame(rows, shape, orient="row")
    return table.filter(pl.col("instrument_id").is_in(ids))


def _refused(known: pl.DataFrame, taken: Taken) -> pl.DataFrame:
    rows = taken.refused.join(
        known.select(*KEY, "locator", "code"), on=KEY, how="left", nulls_equal=True
    )
    return _anomalies(rows, "P01", "error", "price", lambda row: (
        f"Cours de {row['code']} refusé : {REFUSALS[row['refusal']]}. Corrigez le fichier ou le "
        "support, puis déposez le fichier à nouveau."
    ))  # fmt: skip


def _doubted(known: pl.DataFrame, taken: Taken) -> pl.DataFrame:
    rows = taken.doubts.join(known.select(*KEY, "locator", "code"), on=KEY, how="left")
    return _anomalies(rows, "V05", "warning", "price", lambda row: (
        f"Cours de {row['code']} à {_change(row)} de celui du {french.day(row['previous_on'])} : "
        "il attend votre décision dans « Cours à confirmer »."
    ))  # fmt: skip


def _change(row: Mapping[str, Any]) -> str:
    return french.percent(float(row["value"] / row["previous_value"] - 1), signed=True)


def _anomalies(
    rows: pl.DataFrame,
    code: str,
    severity: str,
    field: str,
    say: Any,  # noqa: ANN401
) -> pl.DataFrame:
    found = [
        {
            "external_id": "", "code": code, "severity": severity, "locator": row["locator"] or "",
            "field": field, "raw": str(row.get("value") or row.get("units_per_euro") or ""),
            "message": say(row),
        }
        for row in rows.iter_rows(named=True)
    ]  # fmt: skip
    return pl.DataFrame(found, ANOMALIES)


def listed_rates(tx: store.Tx, delivery: Delivery, statement: Statement) -> pl.DataFrame:
    """Return the rates of a file, the last row of each currency and day (`RATE_INPUT`)."""
    source, _ = _source(tx.ctx, delivery)
    named = statement.rates.with_columns(source=pl.lit(source.removeprefix(VENDOR)))
    rows = named.unique(["currency", "day"], keep="last", maintain_order=True)
    return rows.select(*RATE_INPUT.names())


def _rates(tx: store.Tx, delivery: Delivery, statement: Statement) -> tuple[int, pl.DataFrame]:
    """Keep the sound rates of a file, and return how many, with what is wrong of the others."""
    sound, wrong = unsound_rates(listed_rates(tx, delivery, statement))
    kept = put_rates(tx, sound)
    places = statement.rates.select("currency", "day", "locator")
    rows = wrong.join(places, on=["currency", "day"], how="left", nulls_equal=True)
    told = _anomalies(rows.unique(["currency", "day"]), "P02", "error", "rate", lambda row: (
        f"Taux {row['currency']} refusé : devise inconnue, euro, ou nombre qui n'est pas positif. "
        "Corrigez le fichier, puis déposez-le à nouveau."
    ))  # fmt: skip
    return kept, told
