"""What contradicts itself in a statement? (contrôles L et V, before anything is stored)."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import polars as pl

from o2s_core.aggregation.feed.tolerances import DEFAULT, Tolerances
from o2s_core.aggregation.statement import ANOMALIES, EXACT, Statement
from o2s_core.kernel.french import NBSP, day, number
from o2s_core.kernel.identifiers import is_isin
from o2s_core.market.currencies import is_currency

#: Errors that leave the account in order: the line is kept, and said.
HARMLESS: Final = frozenset({"L04", "V07"})
#: Warnings that stop an account until somebody looks at it.
STOPPING: Final = frozenset({"A-TITULAIRE", "A-CLOTURE", "V05"})
OLDEST: Final = date(1980, 1, 1)
#: Envelopes that hold a balance and no line.
BALANCES: Final = frozenset(
    {"livret_a", "ldds", "lep", "livret_jeune", "livret", "cel", "pel", "compte_a_terme",
     "compte_courant", "compte_especes"}
)  # fmt: skip
ENTERING: Final = ("buy", "switch_in")
LEAVING: Final = ("sell", "switch_out")

Rates = Mapping[str, Decimal]  #: currency -> units for one euro


def controls(
    statement: Statement, today: date, rates: Rates, allowed: Tolerances = DEFAULT
) -> pl.DataFrame:
    """Return what contradicts itself in a statement.

    Parameters
    ----------
    rates
        Used to compare an account's total with lines in other currencies; a
        currency without rate leaves the account uncompared.
    allowed
        How far the figures of this feed may be from ours.

    Returns
    -------
    pl.DataFrame
        Schema `ANOMALIES`.
    """
    lines, moves = statement.lines, statement.movements
    found = [
        _wrong_isins(lines),
        _wrong_isins(moves),
        _unknown_currencies(lines),
        _unknown_currencies(moves),
        _strange_days(statement, today),
        _strange_signs(moves),
        _empty_lines(lines),
        _twice(statement),
        _products(lines, allowed),
        _totals(statement, rates, allowed),
        _old_prices(lines, allowed),
    ]
    return pl.concat(found)


def stopped(anomalies: pl.DataFrame) -> set[str]:
    """Return the accounts that must not be committed without a decision."""
    serious = (pl.col("severity") == "error") & ~pl.col("code").is_in(HARMLESS)
    wait = pl.col("code").is_in(STOPPING)
    return set(anomalies.filter(serious | wait)["external_id"])


Say = Callable[[dict[str, object]], str]


def _anomalies(
    frame: pl.DataFrame, code: str, severity: str, field: str, message: Say
) -> pl.DataFrame:
    """Return one anomaly per row; what was read is the column `field`."""
    raw = pl.col(field).cast(pl.String).str.replace(r"(\.\d*?)0+$", "${1}").str.strip_chars_end(".")
    texts = [message(row) for row in frame.iter_rows(named=True)]
    return frame.select(
        pl.col("external_id"),
        pl.lit(code).alias("code"),
        pl.lit(severity).alias("severity"),
        pl.col("locator").fill_null(""),
        pl.lit(field).alias("field"),
        raw.fill_null("").alias("raw"),
        pl.Series("message", texts, dtype=pl.String),
    ).cast(dict(ANOMALIES))  # type: ignore[arg-type]


def _quoted(value: object) -> str:
    return f"«{NBSP}{value}{NBSP}»"


def _wrong_isins(frame: pl.DataFrame) -> pl.DataFrame:
    """L04: the line is kept as an unidentified instrument."""
    coded = frame.filter((pl.col("code_type") == "isin") & pl.col("code").is_not_null())
    wrong = [code for code in coded["code"].unique() if not is_isin(code)]
    return _anomalies(
        coded.filter(pl.col("code").is_in(wrong)), "L04", "error", "code",
        lambda row: f"ISIN {_quoted(row['code'])} : clé de contrôle fausse. La ligne est gardée "
        "comme titre non identifié, à sa valeur : demandez le bon code au partenaire, ou "
        "complétez le support.",
    )  # fmt: skip


def _unknown_currencies(frame: pl.DataFrame) -> pl.DataFrame:
    known = [code for code in frame["currency"].unique() if code and is_currency(code)]
    return _anomalies(
        frame.filter(~pl.col("currency").fill_null("").is_in(known)), "L05", "error", "currency",
        lambda row: f"Devise {_quoted(row['currency'] or '')} inconnue : corrigez le fichier, "
        "ou la devise par défaut de la correspondance.",
    )  # fmt: skip


def _strange_days(statement: Statement, today: date) -> pl.DataFrame:
    """L09: before 1980, or after tomorrow."""
    limit = today + timedelta(days=1)
    frames = (("as_of", statement.situations), ("trade_on", statement.movements))
    return pl.concat([_strange(frame, name, limit) for name, frame in frames])


def _strange(frame: pl.DataFrame, name: str, limit: date) -> pl.DataFrame:
    return _anomalies(
        frame.filter((pl.col(name) > limit) | (pl.col(name) < OLDEST)), "L09", "error", name,
        lambda row: f"La date {_shown(row[name])} est "
        + ("dans le futur" if _after(row[name], limit) else "trop ancienne")
        + " : vérifiez l'ordre du jour et du mois, ou demandez un nouvel export.",
    )  # fmt: skip


def _shown(value: object) -> str:
    return day(value) if isinstance(value, date) else ""


def _after(value: object, limit: date) -> bool:
    return isinstance(value, date) and value > limit


def _strange_signs(moves: pl.DataFrame) -> pl.DataFrame:
    """L06: bought units that bring cash in, sold units that take cash out."""
    quantity, net = pl.col("quantity"), pl.col("net")
    wrong = (pl.col("kind").is_in(ENTERING) & (quantity > 0) & (net > 0)) | (
        pl.col("kind").is_in(LEAVING) & (quantity > 0) & (net > 0)
    )
    return _anomalies(
        moves.filter(wrong), "L06", "error", "quantity",
        lambda _row: "Le sens de la quantité et celui du montant se contredisent pour cette "
        "opération : vérifiez la règle de signe de la correspondance.",
    )  # fmt: skip


def _empty_lines(lines: pl.DataFrame) -> pl.DataFrame:
    """L07: no unit, and yet a value."""
    counted = ~pl.col("kind").fill_null("").is_in(["cash", "fonds_euros"])
    wrong = counted & (pl.col("quantity") == 0) & (pl.col("value") != 0)
    return _anomalies(
        lines.filter(wrong), "L07", "error", "quantity",
        lambda row: f"Quantité nulle avec une valeur de {_amount(row['value'])} : demandez la "
        "quantité au partenaire.",
    )  # fmt: skip


def _twice(statement: Statement) -> pl.DataFrame:
    """L08: the very same line twice, unless the declared total needs both."""
    said = [name for name in statement.lines.columns if name != "locator"]
    coded = statement.lines.filter(pl.col("code").is_not_null())
    doubled = coded.filter(pl.struct(said).is_first_distinct().not_())
    checked = statement.situations.filter(pl.col("total").is_not_null())
    unproved = doubled.join(checked, on=["external_id", "as_of"], how="anti")
    return _anomalies(
        unproved, "L08", "error", "code",
        lambda row: f"La ligne {_quoted(row['code'])} figure deux fois à l'identique et le fichier "
        "ne donne pas de total pour trancher : vérifiez l'export.",
    )  # fmt: skip


def _products(lines: pl.DataFrame, allowed: Tolerances) -> pl.DataFrame:
    """V01: quantity × price × factor + accrued is not the value; never repaired."""
    parts = [pl.col(name).cast(pl.Float64) for name in ("quantity", "price", "value")]
    factor = pl.col("price_factor").cast(pl.Float64).fill_null(1.0)
    product = parts[0] * parts[1] * factor + pl.col("accrued").cast(pl.Float64).fill_null(0.0)
    gap = (product - parts[2]).abs()
    limit = _limit(parts[2], allowed.line_amount, allowed.line_share)
    return _anomalies(
        lines.with_columns(product=product).filter(gap > limit), "V01", "warning", "value",
        lambda row: f"Quantité × cours donne {_amount(row['product'])} au lieu de "
        f"{_amount(row['value'])}. La valeur du partenaire est gardée ; vérifiez le cours.",
    )  # fmt: skip


def _old_prices(lines: pl.DataFrame, allowed: Tolerances) -> pl.DataFrame:
    """V06: the price is older than its kind of support lets it be on the day of the situation."""
    dated = lines.filter(pl.col("price_on").is_not_null() & pl.col("kind").is_not_null())
    old = [allowed.is_old(*row) for row in dated.select("kind", "price_on", "as_of").iter_rows()]
    return _anomalies(
        dated.filter(pl.Series(old, dtype=pl.Boolean)), "V06", "warning", "price_on",
        lambda row: f"Le cours de {_quoted(row['label'] or row['code'])} est du "
        f"{_shown(row['price_on'])} : demandez au partenaire un cours récent.",
    )  # fmt: skip


def _limit(value: pl.Expr, amount: Decimal, share: Decimal) -> pl.Expr:
    """Return the gap that is allowed on a value: an amount, or a share of it when that is more."""
    return pl.max_horizontal(pl.lit(float(amount)), value.abs() * float(share))


def _totals(statement: Statement, rates: Rates, allowed: Tolerances) -> pl.DataFrame:
    """V02: the lines do not add up to the total that the partner declares."""
    declared = statement.situations.filter(pl.col("total").is_not_null())
    compared = _summed(statement.lines, declared, rates)
    envelopes = statement.accounts.select("external_id", "envelope").unique("external_id")
    compared = compared.join(envelopes, on="external_id", how="left")
    bare = pl.col("envelope").fill_null("").is_in(BALANCES) & (pl.col("count") == 0)
    total = pl.col("total").cast(pl.Float64)
    gap = (pl.col("lines_total") - total).abs()
    limit = _limit(total, allowed.total_amount, allowed.total_share)
    return _anomalies(
        compared.filter((gap > limit) & ~bare), "V02", "error", "total",
        lambda row: f"Les lignes font {_amount(row['lines_total'])}, le partenaire annonce "
        f"{_amount(row['total'])} : il manque une ligne ou les espèces. Demandez un relevé "
        "complet, ou acceptez l'écart en donnant le motif.",
    )  # fmt: skip


def _summed(lines: pl.DataFrame, declared: pl.DataFrame, rates: Rates) -> pl.DataFrame:
    """Return the declared totals beside what their lines add up to, in the total's currency."""
    known = {"EUR": 1.0} | {code: float(rate) for code, rate in rates.items()}
    heads = declared.select("external_id", "as_of", pl.col("currency").alias("into"))
    own = lines.join(heads, on=["external_id", "as_of"])
    rate = pl.col("currency").replace_strict(known, default=None, return_dtype=pl.Float64)
    into = pl.col("into").replace_strict(known, default=None, return_dtype=pl.Float64)
    same = pl.col("currency") == pl.col("into")
    factor = pl.when(same).then(1.0).otherwise(into / rate)
    value = pl.coalesce(pl.col("value").cast(pl.Float64), pl.lit(0.0)) * factor
    sums = own.group_by("external_id", "as_of").agg(
        lines_total=value.sum(),
        unknown=value.is_null().any() | pl.col("value").is_null().any(),
        count=pl.len(),
    )
    found = declared.join(sums, on=["external_id", "as_of"], how="left").with_columns(
        pl.col("lines_total").fill_null(0.0), pl.col("count").fill_null(0)
    )
    return found.filter(~pl.col("unknown").fill_null(value=False))


def _amount(value: object) -> str:
    return number(value) if isinstance(value, Decimal | float) else "n.c."


def with_balances(statement: Statement) -> pl.DataFrame:
    """Return the lines, plus one line of cash for each account that is a mere balance.

    A bank account has a total and no line: its balance is cash.
    """
    bare = statement.situations.join(statement.lines, on=["external_id", "as_of"], how="anti").join(
        statement.accounts.select("external_id", "envelope").unique("external_id"),
        on="external_id",
    )
    balances = bare.filter(pl.col("envelope").is_in(BALANCES) & pl.col("total").is_not_null())
    cash = balances.select(
        "external_id",
        "as_of",
        "locator",
        "currency",
        pl.lit("Solde").alias("label"),
        pl.lit("cash").alias("kind"),
        pl.col("total").cast(EXACT).alias("value"),
    )
    return pl.concat([statement.lines, cash], how="diagonal").select(statement.lines.columns)
