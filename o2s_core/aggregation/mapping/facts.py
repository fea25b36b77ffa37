"""Which accounts, lines and movements the mapped rows tell."""

from datetime import date
from decimal import Decimal
from typing import Final

import polars as pl

from o2s_core.aggregation.mapping import anomalies, controls
from o2s_core.aggregation.mapping.fields import PROBLEMS, Given, Mapped, evaluate, required_fields
from o2s_core.aggregation.mapping.grid import Grid, Line
from o2s_core.aggregation.mapping.language import MappingSpec
from o2s_core.aggregation.statement import (
    ACCOUNTS,
    BROKERS,
    EXACT,
    LINES,
    MOVEMENTS,
    PRICES,
    RATES,
    SITUATIONS,
    Refusal,
    Statement,
)
from o2s_core.kernel.french import NBSP

#: Minor unit -> currency; a hundredth of it.
MINOR_UNITS: Final = {"GBX": "GBP", "GBp": "GBP", "ILA": "ILS", "ZAc": "ZAR", "ZAC": "ZAR"}
#: Kinds that never move shares: the quantity beside them is the one held.
PAYMENTS: Final = ("dividend", "coupon", "interest")
RECORDS: Final = {
    "positions": "position", "movements": "movement", "accounts": "account", "prices": "price",
    "rates": "rate",
}  # fmt: skip
#: Contents that speak of accounts.
OF_ACCOUNTS: Final = ("positions", "movements", "accounts")


def statement(
    grid: Grid, spec: MappingSpec, file_name: str, given: Given | None = None
) -> Statement | Refusal:
    """Return what a file says, by its mapping.

    Rows in error are left out of the facts and listed as anomalies with their
    account; beyond 30 % of rows in error a fatal anomaly refuses the whole.
    """
    if refusal := _missing_column(grid, spec):
        return refusal
    mapped = _with_row_checks(evaluate(grid, spec, file_name, given), spec)
    if refusal := _no_date(grid, mapped, spec):
        return refusal
    kept = mapped.frame.filter(pl.col("state") == "ok")
    counts = dict(mapped.frame["state"].value_counts().rows())
    errors = counts.get("error", 0) + len(grid.misfits)
    rows = mapped.frame.height + len(grid.misfits)
    found = pl.concat(
        [grid.anomalies, _row_anomalies(grid, spec, mapped), controls.checked(kept, spec),
         controls.declared(grid, spec, kept, rows, errors), controls.too_many_errors(errors, rows)]
    )  # fmt: skip
    window = _window(kept)
    return Statement(
        format=grid.format,
        accounts=_accounts(_of(kept, spec, *OF_ACCOUNTS)),
        brokers=_brokers(_of(kept, spec, *OF_ACCOUNTS)),
        situations=_situations(_of(kept, spec, "positions", "accounts")),
        lines=_lines(_of(kept, spec, "positions")),
        movements=_movements(_of(kept, spec, "movements")),
        prices=_prices(_of(kept, spec, "prices")),
        rates=_rates(_of(kept, spec, "rates")),
        raw=_raw(grid, spec, found),
        anomalies=found,
        rows=rows,
        mapped=kept.height,
        ignored=counts.get("ignored", 0),
        errors=errors,
        mapping_code=spec.code,
        mapping_revision=spec.revision,
        completeness="delta"
        if spec.completeness == "full_window" and not window
        else spec.completeness,
        window=window,
        stable_refs=spec.stable_references,
    )


def _missing_column(grid: Grid, spec: MappingSpec) -> Refusal | None:
    """Refuse a file that lacks the column of an obligatory field."""
    for name in sorted(required_fields(spec)):
        rule = spec.fields.get(name)
        if rule is not None and rule.column and grid.position(rule.column) is None:
            if rule.default is not None:
                continue
            return Refusal(
                grid.format, "F03", f"Colonne obligatoire absente : «{NBSP}{rule.column[0]}{NBSP}» "
                f"({anomalies.label(name)}). Le partenaire l'a peut-être renommée : ajoutez le "
                "nouveau nom dans la correspondance.",
            )  # fmt: skip
    return None


def _no_date(grid: Grid, mapped: Mapped, spec: MappingSpec) -> Refusal | None:
    """Refuse positions whose day nothing says, neither the rows nor the file name."""
    if "positions" not in spec.content or mapped.frame.is_empty():
        return None
    rule = spec.fields["as_of"]
    if rule.names or rule.position or mapped.frame["as_of"].null_count() < mapped.frame.height:
        return None
    return Refusal(
        grid.format, "F03", "La date de situation n'est donnée que par le nom du fichier, "
        "et ce nom ne la contient plus. Remettez le nom d'origine (avec sa date), ou indiquez la "
        "date de situation au moment du dépôt.",
    )  # fmt: skip


def _with_row_checks(mapped: Mapped, spec: MappingSpec) -> Mapped:
    """Put in error the rows that tell nothing: no support, no quantity, no amount."""
    frame = _complete(mapped.frame).with_row_index("row")
    identity = pl.coalesce("isin", "code", "label").is_not_null() | (
        pl.col("instrument_kind") == "cash"
    )
    if "rates" in spec.content:
        identity = pl.lit(value=True)
    amounts = ("quantity", "value") if "positions" in spec.content else ("quantity", "net", "gross")
    if set(spec.content) & {"prices", "rates"}:
        amounts = ("price", "rate")
    said = pl.coalesce(*amounts).is_not_null()
    enough = said & identity.fill_null(value=False) if "movements" not in spec.content else said
    if "accounts" in spec.content or "record" in spec.fields:
        enough = pl.lit(value=True)
    empty = frame.filter((pl.col("state") == "ok") & ~enough).select(
        "row", field=pl.lit(""), raw=pl.lit(""), problem=pl.lit("NOTHING")
    )
    state = (
        pl.when(pl.col("row").is_in(empty["row"].implode()))
        .then(pl.lit("error"))
        .otherwise("state")
    )
    problems = pl.concat([mapped.problems, empty.select(PROBLEMS.names()).cast(PROBLEMS)])
    return Mapped(_as_units(frame.with_columns(state=state).drop("row")), problems)


def _complete(frame: pl.DataFrame) -> pl.DataFrame:
    """Add the fields that the mapping does not read, as nulls of their type."""
    types = {**ACCOUNTS, **SITUATIONS, **LINES, **MOVEMENTS}
    types |= {"isin": pl.String(), "account": pl.String(), "account_label": pl.String()}
    types |= {"instrument_kind": pl.String(), "price_currency": pl.String()}
    types |= {"broker_code": pl.String(), "reference": pl.String(), "record": pl.String()}
    types |= {"window_from": pl.Date(), "window_to": pl.Date()}
    types |= {"price_kind": pl.String(), "rate": EXACT, "rate_on": pl.Date()}
    missing = [pl.lit(None, t).alias(n) for n, t in types.items() if n not in frame.columns]
    return frame.with_columns(missing)


def _as_units(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn pence into pounds: amounts by the line's currency, prices by their own."""
    hundredth = pl.lit(Decimal("0.01")).cast(EXACT)
    minor = list(MINOR_UNITS)
    priced = pl.coalesce("price_currency", "currency").is_in(minor)
    amounts = ("accrued", "value", "total", "gross", "fees", "taxes", "net", "rate")

    def scaled(name: str, when: pl.Expr) -> pl.Expr:
        return pl.when(when).then(pl.col(name) * hundredth).otherwise(pl.col(name)).alias(name)

    return frame.with_columns(
        *(scaled(name, priced) for name in ("price", "unit_cost")),
        *(scaled(name, pl.col("currency").is_in(minor)) for name in amounts),
        pl.col("currency").replace(MINOR_UNITS),
    )


def _of(frame: pl.DataFrame, spec: MappingSpec, *contents: str) -> pl.DataFrame:
    """Return the rows that tell one kind of fact."""
    if "record" in spec.fields:
        return frame.filter(pl.col("record").is_in([RECORDS[c] for c in contents]))
    return frame if set(contents) & set(spec.content) else frame.clear()


def _named(frame: pl.DataFrame) -> pl.DataFrame:
    """Say which account each row is of, and by which code its support is known."""
    declared = pl.col("code_type").fill_null("partner")
    cash = (pl.col("instrument_kind") == "cash").fill_null(value=False)
    by = (
        pl.when(pl.col("isin").is_not_null()).then(pl.lit("isin"))
        .when(pl.col("code").is_not_null()).then(declared)
        .when(pl.col("label").is_not_null() & ~cash).then(pl.lit("label"))
    )  # fmt: skip
    code = pl.coalesce(
        pl.col("isin").str.replace_all(r"\s", "").str.to_uppercase(),
        "code",
        pl.when(~cash).then(pl.col("label")),
    )
    return frame.with_columns(
        external_id=pl.col("account").fill_null(""),
        code_type=by,
        code=code,
        by_label=pl.coalesce("isin", "code").is_null(),
    )


def _accounts(frame: pl.DataFrame) -> pl.DataFrame:
    named = frame.with_columns(
        external_id=pl.col("account").fill_null(""), label=pl.col("account_label")
    )
    columns = [name for name in ACCOUNTS.names() if name != "external_id"]
    grouped = named.group_by("external_id", maintain_order=True).agg(
        pl.col(name).drop_nulls().first() for name in columns
    )
    return grouped.select(ACCOUNTS.names()).cast(ACCOUNTS)


def _brokers(frame: pl.DataFrame) -> pl.DataFrame:
    named = frame.filter(pl.col("broker_code").is_not_null()).select(
        external_id=pl.col("account").fill_null(""), code="broker_code"
    )
    return named.unique("external_id", keep="first", maintain_order=True).cast(BROKERS)


def _situations(frame: pl.DataFrame) -> pl.DataFrame:
    named = frame.filter(pl.col("as_of").is_not_null()).with_columns(
        external_id=pl.col("account").fill_null("")
    )
    one = pl.col("currency").drop_nulls().unique().len() == 1
    grouped = named.group_by("external_id", "as_of", maintain_order=True).agg(
        currency=pl.when(one).then(pl.col("currency").drop_nulls().first()),
        total=pl.col("total").drop_nulls().first(),
        locator=pl.col("locator").first(),
    )
    return grouped.select(SITUATIONS.names()).cast(SITUATIONS)


def _lines(frame: pl.DataFrame) -> pl.DataFrame:
    lines = _named(frame).with_columns(
        kind=pl.col("instrument_kind"),
        price_factor=pl.col("price_factor").fill_null(pl.lit(Decimal(1)).cast(EXACT)),
        label=pl.coalesce("label", "code"),
    )
    return lines.select(LINES.names()).cast(LINES)


def _movements(frame: pl.DataFrame) -> pl.DataFrame:
    held = pl.col("kind").is_in(PAYMENTS)
    movements = _named(frame).with_columns(
        partner_ref=pl.col("reference"),
        quantity=pl.when(~held).then(pl.col("quantity")),
    )
    # A label names a support only where shares move; elsewhere it is the wording of the row.
    named = ~pl.col("by_label") | pl.col("quantity").is_not_null()
    movements = movements.with_columns(
        pl.when(named).then(pl.col(name)).alias(name) for name in ("code", "code_type")
    )
    return movements.select(MOVEMENTS.names()).cast(MOVEMENTS)


def _prices(frame: pl.DataFrame) -> pl.DataFrame:
    prices = _named(frame).with_columns(
        day="price_on", value="price", kind="price_kind",
        currency=pl.coalesce(pl.col("price_currency").replace(MINOR_UNITS), "currency"),
    )  # fmt: skip
    return prices.select(PRICES.names()).cast(PRICES)


def _rates(frame: pl.DataFrame) -> pl.DataFrame:
    rates = frame.with_columns(day="rate_on", units_per_euro="rate")
    return rates.select(RATES.names()).cast(RATES)


def _raw(grid: Grid, spec: MappingSpec, found: pl.DataFrame) -> pl.DataFrame:
    """Return the rows to keep verbatim; of prices and rates, those that somebody must look at."""
    if set(spec.content) & set(OF_ACCOUNTS):
        return grid.raw
    return grid.raw.filter(pl.col("locator").is_in(found["locator"].implode()))


def _window(frame: pl.DataFrame) -> tuple[date, date] | None:
    start = frame["window_from"].drop_nulls()
    end = frame["window_to"].drop_nulls()
    return (start[0], end[0]) if len(start) and len(end) and start[0] <= end[0] else None


def _row_anomalies(grid: Grid, spec: MappingSpec, mapped: Mapped) -> pl.DataFrame:
    rows = mapped.frame.with_row_index("row").select(
        "row", "locator", external_id=pl.col("account").fill_null("")
    )
    problems = mapped.problems.join(rows, on="row", how="left").sort("row")
    misfits = [_misfit(grid, spec, line, problem) for line, problem in grid.misfits]
    schema = dict.fromkeys(("external_id", "locator", "field", "raw", "problem"), pl.String)
    every = pl.concat([pl.DataFrame(misfits, schema=schema), problems.select(list(schema))])
    return anomalies.row_anomalies(every)


def _misfit(grid: Grid, spec: MappingSpec, line: Line, problem: str) -> dict[str, str]:
    """Describe a row that does not fit the header; its account, when it can still be read."""
    account = spec.fields.get("account")
    at = grid.position(account.column) if account is not None and account.column else None
    external_id = line.cells[at - 1].strip() if at is not None and at <= len(line.cells) else ""
    counts = f"{len(line.cells)} au lieu de {len(grid.columns)}"
    return {
        "external_id": external_id,
        "locator": line.locator,
        "field": "",
        "raw": counts,
        "problem": problem,
    }
