"""Prices and rates in a file: `isin,day,value[,currency]` and `currency,day,units_per_euro`."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import polars as pl

from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FeedError, O2SError
from o2s_core.kernel.permissions import Permission
from o2s_core.market.currencies import is_currency, major_unit
from o2s_core.market.instruments import InstrumentFilter, instruments
from o2s_core.market.kinds import STATUSES
from o2s_core.market.matching import instruments_by_isin
from o2s_core.market.price_history import PRICE_INPUT, publish_price_history
from o2s_core.market.price_intake import jumps
from o2s_core.market.prices import record_prices
from o2s_core.market.rates import RATE_INPUT, record_rates

SOURCE: Final = "fichier"
#: From this many rows on, prices go straight to the published history.
MANY: Final = 20_000
DECIMALS: Final = 8


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a file: rows stored, rows refused with the reason of each.

    `jumps` names the fund prices that were stored and are far from the one before.
    """

    stored: int
    refused: tuple[str, ...]
    jumps: tuple[str, ...] = ()


class _WrongRowError(O2SError):
    """A row that cannot be read; the message says which and why."""


def load_prices(ctx: Context, data: bytes, *, source: str = SOURCE) -> Loaded:
    """Store the prices of a CSV file; a row that is wrong is told, the others are stored.

    Without currency a price is in that of its support. The same file twice
    changes nothing.

    Raises
    ------
    FeedError
        The file is not text, or a column is missing.
    """
    ctx.require(Permission.PRICE_WRITE)
    rows = _rows(data, ("isin", "day", "value"))
    ids = instruments_by_isin(ctx, {row["isin"] for _, row in rows})
    everything = instruments(ctx, InstrumentFilter(statuses=tuple(STATUSES)))
    currencies = dict(everything.select("id", "currency").iter_rows())
    kinds = everything.select(instrument_id="id", instrument_kind="kind", label="label")
    kept, refused = [], []
    for n, row in rows:
        try:
            kept.append(_price(n, row, ids, currencies, source))
        except _WrongRowError as error:
            refused.append(str(error))
    table = pl.DataFrame(kept, schema=PRICE_INPUT, orient="row")
    far = jumps(ctx, table.join(kinds, on="instrument_id"))
    told = [_told(row) for row in far.join(kinds, on="instrument_id").iter_rows(named=True)]
    store = publish_price_history if table.height >= MANY else record_prices
    return Loaded(store(ctx, table), tuple(refused), tuple(told))


def _told(row: Mapping[str, Any]) -> str:
    change = float(row["value"] / row["previous_value"] - 1)
    return (
        f"{row['label']} : {french.percent(change, signed=True)} au {french.day(row['day'])} par "
        f"rapport au cours du {french.day(row['previous_on'])}. Cours enregistré, vérifiez-le."
    )


def load_rates(ctx: Context, data: bytes, *, source: str = SOURCE) -> Loaded:
    """Store the euro rates of a CSV file; a row that is wrong is told, the others are stored."""
    ctx.require(Permission.PRICE_WRITE)
    kept, refused = [], []
    for n, row in _rows(data, ("currency", "day", "units_per_euro")):
        try:
            kept.append((*_rate(n, row), source))
        except _WrongRowError as error:
            refused.append(str(error))
    table = pl.DataFrame(kept, schema=RATE_INPUT, orient="row")
    return Loaded(record_rates(ctx, table.unique(("currency", "day"), keep="last")), tuple(refused))


def _rows(data: bytes, columns: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    """Return the rows with their line numbers, keyed by the columns of the first line."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FeedError("Ce fichier n'est pas du texte UTF-8 : enregistrez-le en CSV UTF-8.") from (
            error
        )
    try:
        return _cells(csv.DictReader(io.StringIO(text), restval=""), columns)
    except csv.Error as error:
        raise FeedError(
            "Ce fichier n'est pas un CSV lisible : une cellule y est démesurée ou coupée."
        ) from error


def _cells(
    reader: "csv.DictReader[str]", columns: tuple[str, ...]
) -> list[tuple[int, dict[str, str]]]:
    """Return the rows of a table whose first line names the columns that are needed."""
    missing = [name for name in columns if name not in (reader.fieldnames or ())]
    if missing:
        raise FeedError(
            f"Colonne absente : {', '.join(missing)}. La première ligne doit être : "
            f"{','.join(columns)}."
        )
    return [
        (reader.line_num, {name: (row[name] or "").strip() for name in reader.fieldnames or ()})
        for row in reader
    ]


def _price(
    n: int,
    row: Mapping[str, str],
    ids: Mapping[str, int],
    currencies: Mapping[int, str],
    source: str,
) -> tuple[int, date, Decimal, str, str, str]:
    found = ids.get(row["isin"])
    if found is None:
        raise _WrongRowError(f"Ligne {n} : support inconnu, ISIN « {row['isin']} ».")
    own = currencies[found]
    currency = _currency(n, row.get("currency") or own)
    if major_unit(currency)[0] != major_unit(own)[0]:
        raise _WrongRowError(
            f"Ligne {n} : cours en {currency} alors que le support est en {own}. Corrigez la "
            "devise du fichier ou celle du support."
        )
    return found, _day(n, row["day"]), _positive(n, row["value"]), currency, "nav", source


def _rate(n: int, row: Mapping[str, str]) -> tuple[str, date, Decimal]:
    currency = _currency(n, row["currency"])
    if currency == "EUR":
        raise _WrongRowError(f"Ligne {n} : l'euro n'a pas de taux.")
    return currency, _day(n, row["day"]), _positive(n, row["units_per_euro"])


def _currency(n: int, text: str) -> str:
    if not is_currency(text):
        raise _WrongRowError(f"Ligne {n} : devise inconnue « {text} ».")
    return text


def _day(n: int, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _WrongRowError(
            f"Ligne {n} : date « {text} » illisible, écrivez AAAA-MM-JJ."
        ) from None


def _positive(n: int, text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise _WrongRowError(f"Ligne {n} : « {text} » n'est pas un nombre (1234.56).") from None
    if not value.is_finite() or value <= 0:
        raise _WrongRowError(f"Ligne {n} : « {text} » n'est pas un nombre positif.")
    if -int(value.as_tuple().exponent) > DECIMALS and value != round(value, DECIMALS):
        raise _WrongRowError(f"Ligne {n} : « {text} » a plus de {DECIMALS} décimales.")
    return round(value, DECIMALS)
