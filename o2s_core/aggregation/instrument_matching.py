"""Which support is each line about? What is not known yet is made, kept and counted."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import polars as pl

from o2s_core.kernel.context import Context
from o2s_core.kernel.identifiers import is_isin
from o2s_core.market import matching
from o2s_core.market.matching import Named
from o2s_core.store import Tx

#: What identifies a support in a file.
KEY: Final = ("code_type", "code", "label", "kind", "currency")


@dataclass(frozen=True, slots=True)
class Matched:
    """The rows with their `instrument_id`, and how many supports were made."""

    lines: pl.DataFrame
    movements: pl.DataFrame
    created: int


def match_instruments(
    tx: Tx, provider_id: int, lines: pl.DataFrame, movements: pl.DataFrame
) -> Matched:
    """Give each line its support, inside the open write.

    A valid ISIN that is unknown makes a provisional support; a wrong one, or
    another code, is known by this partner's codes, else made unidentified. A
    movement that names no support has none; a line always has one.
    """
    keyed_lines = _keyed(lines)
    keyed_moves = _keyed(
        movements.with_columns(kind=pl.lit(None, pl.String), price_factor=pl.lit(None))
    ).filter(pl.col("code_type").is_not_null())
    asked = _distinct(pl.concat([keyed_lines, keyed_moves]))
    found, created = _ids(tx, provider_id, asked)
    table = pl.DataFrame(
        {"code_type": [k[0] for k in found], "code": [k[1] for k in found],
         "instrument_id": list(found.values())},
        {"code_type": pl.String, "code": pl.String, "instrument_id": pl.Int64},
    )  # fmt: skip
    return Matched(_joined(lines, table), _joined(movements, table), created)


def _keyed(frame: pl.DataFrame) -> pl.DataFrame:
    """Return what names the support of each row: cash by currency, else a code, else a label."""
    return frame.select(
        *_named(frame),
        pl.col("label").fill_null(""),
        pl.col("kind").fill_null(""),
        pl.col("currency"),
        pl.col("price_factor").cast(pl.Decimal(38, 8)),
    )


def _named(frame: pl.DataFrame) -> tuple[pl.Expr, pl.Expr]:
    cash = pl.col("kind") == "cash" if "kind" in frame.columns else pl.lit(value=False)
    is_line = "as_of" in frame.columns
    coded = pl.col("code").fill_null("") != ""
    labelled = pl.col("label").fill_null("") != "" if is_line else pl.lit(value=False)
    nothing = pl.lit("label" if is_line else None, pl.String)
    code_type = (
        pl.when(cash.fill_null(value=False))
        .then(pl.lit("cash"))
        .when(coded)
        .then(pl.col("code_type").fill_null("partner"))
        .when(labelled)
        .then(pl.lit("label"))
        .otherwise(nothing)
    )
    code = (
        pl.when(cash.fill_null(value=False))
        .then(pl.col("currency"))
        .when(coded)
        .then(pl.col("code"))
        .when(labelled)
        .then(pl.col("label"))
        .otherwise(pl.lit("Titre sans nom" if is_line else None, pl.String))
    )
    return code_type.alias("code_type"), code.alias("code")


def _distinct(keyed: pl.DataFrame) -> list[dict[str, Any]]:
    """Return one description per support: the first that says its nature."""
    told = keyed.with_columns(told=pl.col("kind") != "")
    best = told.sort("told", descending=True, maintain_order=True)
    return best.unique(["code_type", "code"], keep="first", maintain_order=True).to_dicts()


def _ids(
    tx: Tx, provider_id: int, asked: list[dict[str, Any]]
) -> tuple[dict[tuple[str, str], int], int]:
    ctx = tx.ctx
    found = _cash(tx, asked) | _known(ctx, provider_id, asked)
    missing = [row for row in asked if (row["code_type"], row["code"]) not in found]
    euro = [row for row in missing if row["kind"] == "fonds_euros" and not _has_isin(row)]
    for row in euro:
        code = row["code"] if row["code_type"] != "label" else ""
        made = matching.euro_fund(tx, provider_id, code, row["label"] or row["code"])
        found[row["code_type"], row["code"]] = made
    others = [row for row in missing if row not in euro]
    made_ids = matching.create_provisional_bulk(tx, provider_id, [_described(r) for r in others])
    found |= {(r["code_type"], r["code"]): i for r, i in zip(others, made_ids, strict=True)}
    return found, len(set(made_ids)) + len(euro)


def _has_isin(row: dict[str, Any]) -> bool:
    return row["code_type"] == "isin" and is_isin(row["code"])


def _cash(tx: Tx, asked: list[dict[str, Any]]) -> dict[tuple[str, str], int]:
    currencies = [row["code"] for row in asked if row["code_type"] == "cash"]
    return {("cash", code): matching.cash_instrument(tx, code) for code in currencies}


def _known(
    ctx: Context, provider_id: int, asked: list[dict[str, Any]]
) -> dict[tuple[str, str], int]:
    isins = {row["code"] for row in asked if _has_isin(row)}
    codes = {
        (row["code_type"], row["code"])
        for row in asked
        if row["code_type"] != "cash" and not _has_isin(row)
    }
    by_isin = matching.instruments_by_isin(ctx, isins)
    return {("isin", isin): id_ for isin, id_ in by_isin.items()} | (
        matching.instruments_by_alias(ctx, provider_id, codes)
    )


def _described(row: dict[str, Any]) -> Named:
    return Named(
        code_type=row["code_type"],
        code=row["code"],
        label=row["label"] or row["code"],
        kind=row["kind"] or None,
        currency=row["currency"] or "EUR",
        price_factor=row["price_factor"] or Decimal(1),
    )


def _joined(frame: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    named = frame.with_columns(
        a.alias(n) for a, n in zip(_named(frame), ("_type", "_code"), strict=True)
    )
    joined = named.join(
        table, left_on=["_type", "_code"], right_on=["code_type", "code"], how="left",
        maintain_order="left",
    )  # fmt: skip
    return joined.drop("_type", "_code")
