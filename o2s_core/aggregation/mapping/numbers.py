"""Which exact decimal a text writes: French, English, accounting signs; never a guess."""

import re
from typing import Final, NamedTuple

import polars as pl

from o2s_core.aggregation.mapping.language import NumberFormat
from o2s_core.aggregation.statement import EXACT

SPACES: Final = "[\u0020\u00a0\u2009\u202f]"
APOSTROPHES: Final = "['\u2019]"
#: Largest amount that the store holds, in units.
LIMIT: Final = 92_000_000_000
SPREADSHEET: Final = r"^\d[.,]\d+[eE]\+?\d+$"


class Values(NamedTuple):
    """What a column says: its values, and what is wrong with each (null when nothing is)."""

    values: pl.Series
    problems: pl.Series


def read_numbers(texts: pl.Series, form: NumberFormat, typed: pl.Series | None = None) -> Values:
    """Return exact decimals of scale 8, null for an empty text.

    Parameters
    ----------
    texts
        The cells, stripped.
    typed
        For a workbook, what each cell is: `n` number, `e` error, else text. A
        number cell is written with a point whatever the mapping says.
    """
    if typed is not None or form.percent:
        return _read_each(texts, form, typed)
    simple = texts.str.contains(_simple(form)).fill_null(value=True)
    if not simple.any():
        return _read_each(texts, form, typed)
    values = texts.set(~simple, None).str.replace(",", ".", literal=True).cast(EXACT)
    problems = pl.repeat(None, len(texts), dtype=pl.String, eager=True)
    if simple.all():
        return Values(values.alias("value"), problems.alias("problem"))
    at, careful = (~simple).arg_true(), _read_each(texts.filter(~simple), form, typed)
    return Values(values.scatter(at, careful.values), problems.scatter(at, careful.problems))


def _simple(form: NumberFormat) -> str:
    """Return the pattern of what reads one way only: digits, a mark, no more than eight decimals.

    Under a mark that is guessed, three decimals may be thousands.
    """
    if form.decimal == "auto":
        return r"^-?[0-9]{1,10}(?:,(?:[0-9]{1,2}|[0-9]{4,8}))?$"
    return rf"^-?[0-9]{{1,10}}(?:{re.escape(form.decimal)}[0-9]{{1,8}})?$"


def _read_each(texts: pl.Series, form: NumberFormat, typed: pl.Series | None) -> Values:
    kinds = pl.repeat(None, len(texts), dtype=pl.String, eager=True) if typed is None else typed
    frame = pl.DataFrame({"text": texts, "typed": kinds})
    frame = frame.with_columns(bare=_bare(form)).with_columns(sign=_sign(), digits=_digits())
    frame = frame.with_columns(plain=_plain(form)).with_columns(
        value=pl.col("plain").cast(EXACT, strict=False) * pl.col("sign")
    )
    if form.percent:
        frame = frame.with_columns(value=pl.col("value") / 100)
    frame = frame.with_columns(problem=_problem(form))
    fatal = pl.col("problem").is_not_null() & (pl.col("problem") != "PRECISION")
    frame = frame.with_columns(value=pl.when(~fatal).then(pl.col("value")))
    return Values(frame["value"], frame["problem"])


def _bare(form: NumberFormat) -> pl.Expr:
    """Drop the declared currency signs and the per cent sign; one minus sign for all."""
    bare = pl.col("text").str.replace_all("\u2212", "-", literal=True)
    for symbol in (*form.symbols, *(["%"] if form.percent else [])):
        bare = bare.str.replace_all(symbol, "", literal=True)
    return bare.str.replace_all(f"^{SPACES}+|{SPACES}+$", "")


def _sign() -> pl.Expr:
    """Return -1 for `-5`, `5-` and `(5)`, as a decimal."""
    negative = pl.col("bare").str.contains(r"^-|-$|^\(.*\)$")
    return pl.when(negative).then(pl.lit(-1)).otherwise(pl.lit(1)).cast(EXACT)


def _digits() -> pl.Expr:
    """Return the number without its sign; two signs leave one, which is then refused."""
    bare = pl.col("bare")
    inside = bare.str.extract(r"^\((.*)\)$", 1)
    unsigned = (
        pl.when(bare.str.contains("^[-+]"))
        .then(bare.str.slice(1))
        .otherwise(bare.str.replace(r"-$", ""))
    )
    return pl.coalesce(inside, unsigned).str.replace_all(f"^{SPACES}+|{SPACES}+$", "")


def _plain(form: NumberFormat) -> pl.Expr:
    """Return the number with a point and no separator, null when it is not one."""
    digits = pl.col("digits")
    read = _read_auto(digits) if form.decimal == "auto" else _read_declared(digits, form)
    typed = pl.when(digits.str.contains(r"^\d+(\.\d+)?$")).then(digits)
    return pl.when(pl.col("typed") == "n").then(typed).otherwise(read)


def _read_declared(digits: pl.Expr, form: NumberFormat) -> pl.Expr:
    """Read with the declared mark; the other mark separates thousands only when certain."""
    mark, other = re.escape(form.decimal), "," if form.decimal == "." else "."
    declared = form.thousands
    group = f"(?:{SPACES}|{APOSTROPHES})" if declared is None else _any(declared)
    certain = rf"^\d{{1,3}}(?:{group}\d{{3}})+(?:{mark}\d*)?$|^\d+(?:{mark}\d*)?$|^{mark}\d+$"
    thousand = rf"(?:{re.escape(other)}\d{{3}})"
    both = rf"^\d{{1,3}}{thousand}+{mark}\d*$|^\d{{1,3}}{thousand}{{2,}}$"
    ok = digits.str.contains(certain)
    if declared is None:
        ok = ok | digits.str.contains(both)
    return pl.when(ok).then(_with_point(digits, form.decimal))


def _any(separators: tuple[str, ...]) -> str:
    marks = [SPACES if s.strip("\u00a0\u202f ") == "" else re.escape(s) for s in separators]
    return f"(?:{'|'.join(marks)})"


def _read_auto(digits: pl.Expr) -> pl.Expr:
    """Read with whichever mark comes last; a single mark before three digits is left out."""
    space = f"(?:{SPACES}|{APOSTROPHES})"
    comma = rf"^(?:\d{{1,3}}(?:{space}\d{{3}})+|\d+|\d{{1,3}}(?:\.\d{{3}})+)?,\d+$"
    point = rf"^(?:\d{{1,3}}(?:{space}\d{{3}})+|\d+|\d{{1,3}}(?:,\d{{3}})+)?\.\d+$"
    whole = rf"^\d+$|^\d{{1,3}}(?:{space}\d{{3}})+$"
    commas, points = r"^\d{1,3}(?:,\d{3}){2,}$", r"^\d{1,3}(?:\.\d{3}){2,}$"
    as_comma = digits.str.contains(comma) | digits.str.contains(points)
    as_point = digits.str.contains(point) | digits.str.contains(commas)
    return (
        pl.when(digits.str.contains(AMBIGUOUS)).then(None)
        .when(digits.str.contains(whole)).then(_with_point(digits, "."))
        .when(as_comma).then(_with_point(digits, ","))
        .when(as_point).then(_with_point(digits, "."))
    )  # fmt: skip


#: 1.234 or 1,234 alone: a thousand, or three decimals. 0,039 is certain.
AMBIGUOUS: Final = r"^[1-9]\d{0,2}[.,]\d{3}$"


def _with_point(digits: pl.Expr, mark: str) -> pl.Expr:
    other = "," if mark == "." else "."
    bare = digits.str.replace_all(f"{SPACES}|{APOSTROPHES}|{re.escape(other)}", "")
    pointed = bare.str.replace(mark, ".", literal=True)
    return pl.when(pointed.str.starts_with(".")).then("0" + pointed).otherwise(pointed)


def _problem(form: NumberFormat) -> pl.Expr:
    """Return what is wrong with each value, null when nothing is."""
    empty = pl.col("text").is_null() & (pl.col("typed").is_null() | (pl.col("typed") != "e"))
    digits, plain = pl.col("digits"), pl.col("plain")
    ambiguous = digits.str.contains(AMBIGUOUS) & (
        pl.col("typed").is_null() | (pl.col("typed") != "n")
    )
    doubtful = ambiguous if form.decimal == "auto" else ambiguous & plain.is_null()
    return (
        pl.when(empty).then(None)
        .when(pl.col("typed") == "e").then(pl.lit("CELL"))
        .when(pl.col("text").str.contains(r"^#(N/A|REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!)$")).then(pl.lit("CELL"))
        .when(doubtful).then(pl.lit("AMBIGUOUS"))
        .when(plain.is_null() | pl.col("value").is_null()).then(pl.lit("NUMBER"))
        .when(pl.col("value").abs() > pl.lit(LIMIT).cast(EXACT)).then(pl.lit("LARGE"))
        .when(plain.str.contains(r"\.\d{8}\d*[1-9]")).then(pl.lit("PRECISION"))
    )  # fmt: skip
