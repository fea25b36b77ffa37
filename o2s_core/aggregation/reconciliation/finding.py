"""Which figures contradict each other? (V03 to V07): compared in bulk, nothing changed."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import polars as pl

from o2s_core import market
from o2s_core.aggregation.feed.calendar import late_after
from o2s_core.aggregation.feed.tolerances import DEFAULT, Tolerances
from o2s_core.aggregation.reconciliation.figures import (
    EXACT,
    Figures,
    cash,
    cash_effect,
    is_flow,
    units,
)
from o2s_core.kernel.context import Context

#: One row per break; what tells two breaks apart is KEY.
FOUND: Final = pl.Schema(
    {
        "account_id": pl.Int64(),
        "feed_id": pl.Int64(),  # of a break of a whole delivery, whose account is null
        "code": pl.String(),
        "instrument_id": pl.Int64(),
        "currency": pl.String(),
        "expected": EXACT,
        "reported": EXACT,
        "since": pl.Date(),
        "as_of": pl.Date(),
        "delivery_id": pl.Int64(),
        "proposal": pl.String(),
        "other_instrument_id": pl.Int64(),
        "ratio": EXACT,
        "message": pl.String(),
        "owner_id": pl.Int64(),  # whom it concerns first; null: the adviser of the account
    }
)
KEY: Final = ("account_id", "feed_id", "code", "instrument_id", "currency")
#: Envelopes of funds, whose price does not jump by itself.
PRICE_JUMP: Final = 0.15  #: V05, share of the price before
FUNDS: Final = ("opcvm", "fonds_euros", "scpi", "sci", "opci")


def breaks_of(frame: pl.DataFrame, code: str, message: str = "", **more: Any) -> pl.DataFrame:  # noqa: ANN401
    """Return breaks of one control; columns that it does not know are null.

    Without `message`, each row of the frame says its own.
    """
    said = {"message": pl.lit(message)} if message else {}
    named = frame.with_columns(code=pl.lit(code), **said, **more)
    columns = []
    for name, kind in FOUND.items():
        known = pl.col(name) if name in named.columns else pl.lit(None)
        columns.append(known.cast(kind).alias(name))
    texts = [pl.col("currency").fill_null(""), pl.col("proposal").fill_null("")]
    return named.select(columns).with_columns(texts)


def unit_breaks(seen: Figures) -> pl.DataFrame:
    """V03: units reported that the situation before and the movements since do not give.

    Only for accounts whose movements are delivered: without any, a change of
    units contradicts nothing. Schema `FOUND`, without proposal.
    """
    keys = ["account_id", "instrument_id"]
    counted = seen.between.filter(pl.col("instrument_id").is_not_null()).group_by(keys)
    flows = counted.agg(moved=pl.col("quantity").sum())
    before = units(seen.lines, 2).select(*keys, before="quantity")
    now = units(seen.lines, 1).select(*keys, reported="quantity")
    both = before.join(now, on=keys, how="full", coalesce=True)
    compared = both.join(flows, on=keys, how="left").join(seen.pairs, on="account_id")
    zero = [pl.col("before", "moved", "reported").fill_null(0)]
    gaps = compared.with_columns(zero).with_columns(expected=pl.col("before") + pl.col("moved"))
    broken = gaps.filter((pl.col("reported") - pl.col("expected")).abs() > pl.col("quantity_gap"))
    return breaks_of(
        _where_moved(seen, broken), "V03",
        "La quantité transmise n'est pas celle d'avant augmentée des mouvements reçus : il manque "
        "un mouvement, une opération sur titres ou un transfert. La quantité transmise est gardée.",
    )  # fmt: skip


def cash_breaks(seen: Figures) -> pl.DataFrame:
    """V04: cash reported that the balance before and the movements since do not give.

    Where both situations give the cash of a currency and its movements are
    delivered. Schema `FOUND`.
    """
    keys = ["account_id", "currency"]
    inside = seen.between.with_columns(effect=cash_effect())
    flows = inside.group_by(keys).agg(moved=pl.col("effect").sum())
    before = cash(seen.lines, 2).select(*keys, before="value")
    now = cash(seen.lines, 1).select(*keys, reported="value")
    compared = (
        before.join(now, on=keys)
        .join(flows, on=keys, how="left")
        .join(seen.pairs, on="account_id")
        .filter(pl.col("before").is_not_null() & pl.col("reported").is_not_null())
    )
    gaps = compared.with_columns(expected=pl.col("before") + pl.col("moved").fill_null(0))
    broken = gaps.filter((pl.col("reported") - pl.col("expected")).abs() > pl.col("cash_gap"))
    effects = seen.moves_of(broken["account_id"]).filter(cash_effect() != 0)
    return breaks_of(
        broken.join(effects, on=keys, how="semi"), "V04",
        "Le solde transmis n'est pas celui d'avant augmenté des mouvements reçus : un relevé "
        "manque, ou un mouvement. Demandez le relevé manquant ; le solde transmis est gardé.",
    )  # fmt: skip


def value_breaks(seen: Figures) -> pl.DataFrame:
    """V05: an account whose value jumps although no capital moved.

    Compared where every line is worth something in one currency, and where
    movements are delivered and none is a flow. Schema `FOUND`.
    """
    flows = seen.between.filter(is_flow()).select("account_id").unique()
    worth = seen.lines.group_by("account_id", "rank").agg(
        value=pl.col("value").sum(),
        known=pl.col("value").is_not_null().all(),
        currency=pl.col("currency").first(),
        currencies=pl.col("currency").n_unique(),
    )
    sound = worth.filter(pl.col("known") & (pl.col("currencies") == 1) & (pl.col("value") > 0))
    before = sound.filter(pl.col("rank") == 2).select("account_id", expected="value")
    now = sound.filter(pl.col("rank") == 1).select("account_id", "currency", reported="value")
    compared = (
        before.join(now, on="account_id")
        .join(seen.pairs, on="account_id")
        .join(flows, on="account_id", how="anti")
    )
    jump = (_float("reported") / _float("expected") - 1).abs()
    return breaks_of(
        _where_moved(seen, compared.filter(jump > pl.col("value_change"))), "V05",
        "La valeur du compte change de plus de 20 % sans versement ni retrait : vérifiez les "
        "cours et les quantités.",
    )  # fmt: skip


def price_breaks(seen: Figures) -> pl.DataFrame:
    """V05: a fund whose reported price jumps by more than 15 %. Schema `FOUND`."""
    keys = ["account_id", "instrument_id"]
    before = units(seen.lines, 2).select(*keys, expected="price")
    now = units(seen.lines, 1).select(*keys, "kind", "currency", reported="price")
    compared = before.join(now, on=keys).join(seen.pairs, on="account_id")
    priced = compared.filter(
        pl.col("kind").is_in(FUNDS) & (pl.col("expected") > 0) & (pl.col("reported") > 0)
    )
    jump = (_float("reported") / _float("expected") - 1).abs()
    return breaks_of(
        priced.filter(jump > PRICE_JUMP), "V05",
        "Le cours du support change de plus de 15 % d'une situation à l'autre : vérifiez-le, ou "
        "cherchez une division de la part.",
    )  # fmt: skip


def stale_breaks(
    ctx: Context, seen: Figures, feeds: pl.DataFrame, allowed: Mapping[int, Tolerances]
) -> pl.DataFrame:
    """V06: lines whose price is older than their feed admits for such a support (`FOUND`).

    The price that counts is the one that values the line today: the partner's, or a later
    one of the support. One break per account: `reported` counts the lines, `as_of` is the
    oldest day.

    Parameters
    ----------
    feeds
        `delivery_id` and `feed_id` of each delivery.
    allowed
        What each feed lets pass.
    """
    last = seen.heads.filter((pl.col("rank") == 1) & (pl.col("source") == "partner"))
    priced = seen.lines.filter((pl.col("rank") == 1) & (pl.col("kind") != "cash")).join(
        last.select("account_id", "as_of", "delivery_id"), on="account_id"
    )
    named = priced.join(feeds.select("delivery_id", "feed_id"), on="delivery_id", how="left")
    known = market.last_prices(ctx, named["instrument_id"].drop_nulls(), ctx.today)
    both = named.join(
        known.select("instrument_id", market_on="day"), on="instrument_id", how="left"
    )
    dated = both.with_columns(
        on=pl.max_horizontal(pl.coalesce("price_on", "as_of"), pl.col("market_on"))
    )
    cases = dated.select("feed_id", "kind", "on").unique()
    old = [
        allowed.get(feed, DEFAULT).is_old(kind, on, ctx.today)
        for feed, kind, on in cases.iter_rows()
    ]
    old_ones = cases.filter(pl.Series(old, dtype=pl.Boolean))
    stale = dated.join(old_ones, on=cases.columns, nulls_equal=True)
    counted = stale.group_by("account_id").agg(
        reported=pl.len(), as_of=pl.col("on").min(), delivery_id=pl.col("delivery_id").first()
    )
    return breaks_of(
        counted, "V06",
        "Des cours de ce compte sont plus vieux que le flux ne l'admet pour ces supports : "
        "réclamez le fichier du partenaire, ou chargez des cours.",
    )  # fmt: skip


def late_breaks(ctx: Context, seen: Figures, rhythms: pl.DataFrame) -> pl.DataFrame:
    """V06: accounts whose situation is older than the rhythm of their feed, grace included.

    Parameters
    ----------
    rhythms
        `delivery_id`, `frequency` and `grace_days` of its feed.
    """
    last = seen.heads.filter((pl.col("rank") == 1) & (pl.col("source") == "partner"))
    dated = last.join(rhythms, on="delivery_id")
    paces = dated.select("frequency", "grace_days", "as_of").unique()
    late = [_is_late(ctx, *row) for row in paces.iter_rows()]
    slow = paces.filter(pl.Series(late, dtype=pl.Boolean))
    return breaks_of(
        dated.join(slow, on=paces.columns), "V06",
        "La situation de ce compte est plus vieille que la fréquence de son flux : réclamez le "
        "fichier au partenaire.",
        currency=pl.lit("situation"),
    )  # fmt: skip


def _is_late(ctx: Context, frequency: str, grace_days: int, as_of: date) -> bool:
    limit = late_after(frequency, as_of, grace_days)
    return limit is not None and ctx.today > limit


def rate_breaks(ctx: Context, seen: Figures) -> pl.DataFrame:
    """V07: currencies held without any rate in the days before; the lines are not counted."""
    last = seen.heads.filter(pl.col("rank") == 1)
    held = seen.lines.filter((pl.col("rank") == 1) & (pl.col("currency") != "EUR"))
    missing = [
        c for c in held["currency"].unique().sort() if market.euro_rate(ctx, c, ctx.today) is None
    ]
    lines = held.filter(pl.col("currency").is_in(missing)).group_by("account_id", "currency")
    counted = lines.agg(reported=pl.col("value").sum())
    named = counted.join(last.select("account_id", "as_of", "delivery_id"), on="account_id")
    return breaks_of(
        named, "V07",
        "Aucun taux de change connu pour cette devise : ses lignes sont exclues des totaux. "
        "Chargez un taux.",
    )  # fmt: skip


def _where_moved(seen: Figures, found: pl.DataFrame) -> pl.DataFrame:
    """Keep what was found on accounts whose movements are delivered."""
    return found.join(seen.moved(found["account_id"]), on="account_id", how="semi")


def _float(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.Float64)
