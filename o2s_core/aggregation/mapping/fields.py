"""What each row says, field by field, and what could not be read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import polars as pl

from o2s_core.aggregation.mapping import expressions
from o2s_core.aggregation.mapping.dates import read_days
from o2s_core.aggregation.mapping.grid import Grid
from o2s_core.aggregation.mapping.language import (
    ERROR,
    IGNORE,
    MappingSpec,
    NumberFormat,
    Rule,
    evaluation_order,
    field_type,
)
from o2s_core.aggregation.mapping.numbers import SPREADSHEET, read_numbers
from o2s_core.aggregation.statement import EXACT

TYPES: Final = {"text": pl.String(), "number": EXACT, "day": pl.Date()}
PROBLEMS: Final = pl.Schema(
    {"row": pl.UInt32(), "field": pl.String(), "raw": pl.String(), "problem": pl.String()}
)
#: Kind -> sign of the quantity, and of the cash, when a file writes only positive numbers.
ENTERS: Final[tuple[str, ...]] = ("buy", "switch_in", "deposit", "transfer_in", "profit_sharing")
LEAVES: Final[tuple[str, ...]] = (
    "sell", "switch_out", "withdrawal", "transfer_out", "fee", "tax", "social_levy",
)  # fmt: skip
PAID: Final[tuple[str, ...]] = (
    "buy", "switch_in", "withdrawal", "transfer_out", "fee", "tax", "social_levy",
    "advance_repayment",
)  # fmt: skip
RECEIVED: Final[tuple[str, ...]] = (
    "sell", "switch_out", "deposit", "transfer_in", "dividend", "coupon", "interest",
    "profit_sharing", "advance",
)  # fmt: skip
#: What each row of a file of prices, or of rates, must say.
OF_MARKET: Final[Mapping[str, set[str]]] = {
    "prices": {"price_on", "price"},
    "rates": {"rate_on", "rate", "currency"},
}
CODES: Final = frozenset({"account", "broker_code", "isin", "code", "reference"})
Given = Mapping[str, str | date]


@dataclass(frozen=True, slots=True)
class Mapped:
    """The rows of a file as fields."""

    frame: pl.DataFrame  #: locator, one column a field, `state`: ok, ignored, error
    problems: pl.DataFrame  #: PROBLEMS, of the rows that are not ignored


@dataclass(slots=True)
class _Work:
    """The fields read so far."""

    grid: Grid
    spec: MappingSpec
    groups: Mapping[str, str]
    columns: dict[str, pl.Series] = field(default_factory=dict)
    problems: list[pl.DataFrame] = field(default_factory=list)

    @property
    def height(self) -> int:
        return self.grid.frame.height

    def note(self, name: str, raw: pl.Series, problem: pl.Series) -> None:
        """Keep what is wrong with a field."""
        frame = pl.DataFrame(
            {"raw": raw, "problem": problem}, schema={"raw": pl.String, "problem": pl.String}
        )
        wrong = frame.with_row_index("row").filter(pl.col("problem").is_not_null())
        self.problems.append(wrong.with_columns(field=pl.lit(name)).select(PROBLEMS.names()))


def file_groups(spec: MappingSpec, file_name: str) -> dict[str, str]:
    """Return what the file name says: the named groups of the mapping's pattern."""
    if spec.file_name is None or "(?P<" not in spec.file_name:
        return {}
    found = pl.Series([file_name]).str.extract_groups(spec.file_name).to_list()[0]
    return {name: value for name, value in (found or {}).items() if value is not None}


def evaluate(grid: Grid, spec: MappingSpec, file_name: str, given: Given | None = None) -> Mapped:
    """Read every field of every row.

    `given` holds what the sender says of the whole file when the file does not:
    `{"as_of": date(2025, 12, 31), "account": "123"}`.
    """
    work = _Work(grid, spec, file_groups(spec, file_name))
    for name in evaluation_order(spec):
        work.columns[name] = _read(work, name, spec.fields[name])
    for name, value in (given or {}).items():
        work.columns[name] = _filled(work, name, value)
    _require(work)
    frame = pl.DataFrame([grid.frame["locator"], *(s.alias(n) for n, s in work.columns.items())])
    problems = pl.concat(work.problems) if work.problems else PROBLEMS.to_frame()
    return _with_state(frame, problems)


def _with_state(frame: pl.DataFrame, problems: pl.DataFrame) -> Mapped:
    """Say of each row whether it is ignored by a rule, in error, or fine."""
    ignored = pl.lit(value=False)
    for name in ("kind", "record"):
        if name in frame.columns:
            ignored = ignored | (pl.col(name) == IGNORE).fill_null(value=False)
    indexed = frame.with_row_index("row").with_columns(ignored=ignored)
    problems = problems.join(indexed.filter(pl.col("ignored")).select("row"), on="row", how="anti")
    errors = problems.filter(pl.col("problem") != "PRECISION")["row"].unique()
    state = (
        pl.when(pl.col("ignored")).then(pl.lit("ignored"))
        .when(pl.col("row").is_in(errors.implode())).then(pl.lit("error"))
        .otherwise(pl.lit("ok"))
    )  # fmt: skip
    return Mapped(indexed.with_columns(state=state).drop("row", "ignored"), problems)


def _read(work: _Work, name: str, rule: Rule) -> pl.Series:
    if rule.expression is not None:
        return _computed(work, rule)
    text, typed = _text(work, rule)
    raw = text
    if name in CODES:
        text = _without_quotes(text)
        work.note(name, raw, _mangled(text))
    if rule.regex is not None:
        text, typed = text.str.extract(rule.regex, 1).str.strip_chars(), None
    if rule.table:
        text, typed = _translated(work, name, rule, text), None
    elif rule.default not in (None, ERROR):
        text = text.fill_null(rule.default)
    text = pl.select(pl.when(text != "").then(text)).to_series()  # an empty default is no value
    return _typed(work, name, rule, (text, typed))


def _text(work: _Work, rule: Rule) -> tuple[pl.Series, pl.Series | None]:
    """Return the text of a field's source in each row, null when empty; and what cells are."""
    typed = None
    if (at := _position(work.grid, rule)) is not None:
        text = work.grid.frame[f"c{at}"]
        typed = work.grid.frame[f"k{at}"] if work.grid.typed else None
    elif rule.columns or rule.first_of:
        text = _of_several(work.grid, rule)
    else:
        text = pl.repeat(_of_whole_file(work, rule), work.height, dtype=pl.String, eager=True)
    text = text.str.strip_chars("\u0020\u00a0\u202f\t\r\n\ufeff")
    nothing = ["", *work.spec.reading.empty]
    return pl.select(pl.when(~text.is_in(nothing)).then(text)).to_series(), typed


def _position(grid: Grid, rule: Rule) -> int | None:
    if rule.position is not None:
        return rule.position if rule.position <= len(grid.columns) else None
    return grid.position(rule.column) if rule.column else None


def _of_several(grid: Grid, rule: Rule) -> pl.Series:
    """Return several cells joined by a space, or the first that is filled."""
    ranks = [rank for name in rule.names if (rank := grid.position([name])) is not None]
    if not ranks:
        return pl.repeat(None, grid.frame.height, dtype=pl.String, eager=True)
    if rule.columns:
        return grid.frame.select(pl.concat_str([f"c{r}" for r in ranks], separator=" ")).to_series()
    cells = [pl.col(f"c{r}").str.strip_chars() for r in ranks]
    return grid.frame.select(pl.coalesce(*(pl.when(c != "").then(c) for c in cells))).to_series()


def _of_whole_file(work: _Work, rule: Rule) -> str | None:
    """Return what the file name, a cell or the lines before the header say."""
    if rule.file is not None:
        return work.groups.get(rule.file)
    if rule.cell is not None:
        return _cell(work.grid, rule.cell)
    if rule.preamble is not None:
        text = "\n".join(" ".join(cells) for cells in work.grid.preamble)
        return pl.Series([text], dtype=pl.String).str.extract(rule.preamble, 1).to_list()[0]
    return rule.constant


def _cell(grid: Grid, address: str) -> str | None:
    """Return a cell before the header by its address, such as B3."""
    letters = address.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    row = int(address[len(letters) :])
    found = grid.preamble[row - 1] if row <= len(grid.preamble) else []
    return found[column - 1] if column <= len(found) else None


def _without_quotes(text: pl.Series) -> pl.Series:
    """Undo the `="00123"` by which some exports keep the zeros of a code."""
    inner = text.str.extract(r'^="?([^"]*)"?$', 1).fill_null(text)
    return inner.str.strip_chars("' ")


def _mangled(text: pl.Series) -> pl.Series:
    """Return which codes a spreadsheet has turned into a power of ten."""
    lost = text.str.contains(SPREADSHEET).fill_null(value=False)
    return pl.select(pl.when(lost).then(pl.lit("LOST"))).to_series()


def _translated(work: _Work, name: str, rule: Rule, text: pl.Series) -> pl.Series:
    """Apply a table, in order; what it does not know is the default, or in error."""
    chain: pl.Expr = pl.lit(None, pl.String)
    for pattern, value in reversed(rule.table):
        chain = (
            pl.when(pl.col("t").str.contains(f"(?i){pattern}")).then(pl.lit(value)).otherwise(chain)
        )
    known = text.unique().to_frame("t").with_columns(value=chain)
    found = text.to_frame("t").join(
        known, on="t", how="left", nulls_equal=True, maintain_order="left"
    )["value"]
    if rule.default not in (None, ERROR):
        return found.fill_null(rule.default)
    unknown = (found.is_null() & text.is_not_null()) | (found == ERROR).fill_null(value=False)
    work.note(name, text, pl.select(pl.when(unknown).then(pl.lit("UNKNOWN"))).to_series())
    return pl.select(pl.when(~unknown).then(found)).to_series()


def _typed(
    work: _Work, name: str, rule: Rule, cells: tuple[pl.Series, pl.Series | None]
) -> pl.Series:
    """Turn texts into what the field holds."""
    text, typed = cells
    kind = field_type(name, rule)
    if kind == "number":
        read = read_numbers(text, rule.number or NumberFormat(), typed)
        work.note(name, text, read.problems)
        return _signed(work, name, rule, read.values)
    if kind == "day":
        formats = ("%Y-%m-%d",) if rule.constant is not None else rule.date
        read = read_days(text, formats, typed)
        work.note(name, text, read.problems)
        return _only_for(work, rule, read.values)
    return _only_for(work, rule, text)


def _computed(work: _Work, rule: Rule) -> pl.Series:
    frame = pl.DataFrame([series.alias(name) for name, series in work.columns.items()])
    value = expressions.to_polars(expressions.parse(rule.expression or "0")).cast(
        EXACT, strict=False
    )
    computed = frame.select(value.alias("value")).to_series()
    if computed.len() == 1 and work.height != 1:  # a constant expression
        computed = pl.repeat(computed[0], work.height, dtype=EXACT, eager=True)
    return _signed(work, "", rule, computed)


def _signed(work: _Work, name: str, rule: Rule, values: pl.Series) -> pl.Series:
    """Give amounts the sign that their kind of movement commands."""
    value = pl.col("value").abs() if rule.absolute or rule.sign == "by_kind" else pl.col("value")
    kinds = work.columns.get("kind", pl.Series([None] * work.height, dtype=pl.String))
    frame = pl.DataFrame({"value": values, "kind": kinds})
    if rule.sign == "by_kind":
        minus, plus = (LEAVES, ENTERS) if name == "quantity" else (PAID, RECEIVED)
        own = (
            pl.when(pl.col("kind").is_in(minus))
            .then(-value)
            .when(pl.col("kind").is_in(plus))
            .then(value)
        )
        value = own.otherwise(pl.col("value"))
    elif rule.sign:
        minus = tuple(kind for kind, sign in rule.sign.items() if sign < 0)
        value = pl.when(pl.col("kind").is_in(minus)).then(-value).otherwise(value)
    return _only_for(work, rule, frame.select(value.alias("value")).to_series())


def _only_for(work: _Work, rule: Rule, values: pl.Series) -> pl.Series:
    if not rule.only_for or "kind" not in work.columns:
        return values
    concerned = work.columns["kind"].is_in(list(rule.only_for))
    return pl.select(pl.when(concerned).then(values)).to_series()


def _filled(work: _Work, name: str, value: str | date) -> pl.Series:
    """Complete a field with what the sender said of the whole file."""
    own = work.columns.get(name)
    said = pl.repeat(
        value, work.height, dtype=TYPES["day" if isinstance(value, date) else "text"], eager=True
    )
    return said if own is None else own.fill_null(said)


def _require(work: _Work) -> None:
    """Note the rows where an obligatory field is empty."""
    noted = {(row, name) for p in work.problems for row, name in p.select("row", "field").rows()}
    for name in required_fields(work.spec):
        values = work.columns.get(name)
        if values is None or not values.null_count():
            continue
        seen = {row for row, field_name in noted if field_name == name}
        empty = [row for row in values.is_null().arg_true() if row not in seen]
        problem = pl.DataFrame({"row": empty}, schema={"row": pl.UInt32}).with_columns(
            field=pl.lit(name), raw=pl.lit(""), problem=pl.lit("EMPTY")
        )
        work.problems.append(problem.select(PROBLEMS.names()))


def required_fields(spec: MappingSpec) -> set[str]:
    """Return the fields that every row must fill."""
    asked = {name for name, rule in spec.fields.items() if rule.required}
    if "record" in spec.fields:
        return asked | {"record"}
    if "positions" in spec.content:
        asked.add("as_of")
    if "movements" in spec.content:
        asked |= {"trade_on", "kind"}
    for content, names in OF_MARKET.items():
        asked |= names if content in spec.content else set()
    account = spec.fields.get("account")
    by_row = account is not None and bool(account.names or account.position)
    if account is not None and by_row and account.default is None:
        asked.add("account")
    return asked
