"""What each row of an export says, fact by fact, and what could not be read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from o2s_core.aggregation.mapping.dates import read_days
from o2s_core.aggregation.mapping.language import NumberFormat
from o2s_core.aggregation.mapping.numbers import SPREADSHEET, read_numbers
from o2s_core.aggregation.statement import EXACT
from o2s_core.aggregation.takeover.kinds import TARGETS, Target
from o2s_core.aggregation.takeover.matching import TakeoverMatching
from o2s_core.aggregation.takeover.tables import Table
from o2s_core.aggregation.takeover.values import our_code
from o2s_core.kernel.french import NBSP
from o2s_core.kernel.identifiers import search_key

DATE_FORMATS: Final = (
    "%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%Y%m%d", "%d/%m/%y", "%Y-%m-%d %H:%M:%S",
    "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d-%b-%Y",
)  # fmt: skip
TYPES: Final = {"day": pl.Date(), "number": EXACT, "share": EXACT, "adviser": pl.Int64()}
SYMBOLS: Final = ("€", "EUR")
#: What is wrong with a value -> what to say of it, after the name of the fact and the value.
WRONG: Final = {
    "DATE": "n'est pas une date lisible, par exemple 31/12/2025. Corrigez la ligne.",
    "SERIAL": "semble être un numéro de jour d'Excel : mettez la colonne au format date.",
    "YEAR": "a une année à deux chiffres : exportez les dates avec quatre chiffres.",
    "SWAPPED": "a le jour et le mois inversés dans tout le fichier : corrigez l'export.",
    "CELL": "est une erreur de formule : corrigez la cellule du classeur.",
    "NUMBER": "n'est pas un nombre lisible. Corrigez la ligne.",
    "AMBIGUOUS": "peut se lire de deux façons (milliers ou décimales) : exportez deux décimales.",
    "LARGE": "dépasse le plus grand nombre accepté : vérifiez la colonne choisie.",
    "LOST": "a été abrégé par un tableur, des chiffres sont perdus : mettez la colonne au format "
    "texte et exportez à nouveau.",
    "UNKNOWN": "n'a pas d'équivalent : complétez la table des valeurs.",
    "ADVISER": "n'est aucun de vos conseillers : complétez la table des valeurs.",
    "SHARE": "n'est pas une part entre 0 et 100 %.",
}


@dataclass(frozen=True, slots=True)
class Records:
    """The rows of an export: `locator`, one column a fact (null when not said), `problem`."""

    frame: pl.DataFrame
    misfits: pl.DataFrame  #: rows without their cells: locator, problem
    unknown: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: fact -> their words that mean none of our codes


def records_of(
    table: Table, kind: str, matching: TakeoverMatching, advisers: Mapping[str, int]
) -> Records:
    """Return what every row says; `problem` lists in French what could not be read, null if all.

    `advisers` maps logins and names, as compared by `search_key`, to users.
    """
    height = table.frame.height
    columns: list[pl.Series] = [table.frame["locator"]]
    problems: list[pl.Series] = []
    unknown: dict[str, tuple[str, ...]] = {}
    for name, target in TARGETS[kind].items():
        column = matching.columns.get(name)
        if column is None or column not in table.columns:
            columns.append(pl.repeat(None, height, dtype=_type(target), eager=True).alias(name))
            continue
        text = table.column(column)
        words = matching.values.get(name, {})
        values, wrong = _read(target, text, table.types(column), (words, advisers))
        columns.append(values.alias(name))
        problems.append(_said(target, text, wrong))
        if target.kind in {"choice", "adviser"}:
            unknown[name] = _words(text, wrong)
    problems += [_lacking(t, columns) for t in _required(kind)]
    return Records(
        pl.DataFrame(columns).with_columns(problem=_joined(problems, height)),
        table.misfits,
        {name: words for name, words in unknown.items() if words},
    )


def _type(target: Target) -> pl.DataType:
    return TYPES.get(target.kind, pl.String())


def _required(kind: str) -> list[tuple[str, str]]:
    return [(name, target.label) for name, target in TARGETS[kind].items() if target.required]


def _read(
    target: Target,
    text: pl.Series,
    typed: pl.Series | None,
    tables: tuple[Mapping[str, str], Mapping[str, int]],
) -> tuple[pl.Series, pl.Series]:
    """Return the values of a column and, row by row, what is wrong (null when nothing is)."""
    match target.kind:
        case "day":
            read = read_days(text, DATE_FORMATS, typed)
            return read.values, read.problems
        case "number" | "share":
            return (_numbers if target.kind == "number" else _shares)(text, typed)
        case "choice":
            return _choices(target, text, tables[0])
        case "adviser":
            return _advisers(text, *tables)
        case _:
            return _texts(target, text)


def _texts(target: Target, text: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return texts with single spaces; of codes, those that a spreadsheet has not cut."""
    if target.kind == "text":
        none = pl.repeat(None, len(text), dtype=pl.String, eager=True)
        return text.str.replace_all(r"\s+", " "), none
    code = _bare_code(text)
    lost = code.str.contains(SPREADSHEET).fill_null(value=False)
    return code, pl.select(pl.when(lost).then(pl.lit("LOST"))).to_series()


def _bare_code(text: pl.Series) -> pl.Series:
    """Undo the `="00123"` by which some exports keep the zeros of a code."""
    return text.str.extract(r'^="?([^"]*)"?$', 1).fill_null(text).str.strip_chars("' ")


def _numbers(text: pl.Series, typed: pl.Series | None) -> tuple[pl.Series, pl.Series]:
    """Read with the decimal mark that reads the most numbers of the column, French in doubt."""
    both = [
        read_numbers(text, NumberFormat(decimal=mark, symbols=SYMBOLS), typed)
        for mark in (",", ".")
    ]
    best = max(both, key=lambda read: read.values.drop_nulls().len())
    wrong = best.problems.replace("PRECISION", None)
    return best.values, wrong


def _shares(text: pl.Series, typed: pl.Series | None) -> tuple[pl.Series, pl.Series]:
    """Read shares as ratios: a column where one is above 1 is written in percent."""
    values, wrong = _numbers(text.str.replace_all("%", "", literal=True), typed)
    high = values.drop_nulls()
    if high.len() and high.max() > 1:  # type: ignore[operator]
        values = values / 100
    values = values.cast(EXACT)
    bad = ((values <= 0) | (values > 1)).fill_null(value=False)
    found = pl.select(pl.when(bad).then(pl.lit("SHARE")).otherwise(wrong)).to_series()
    return values, found


def _choices(
    target: Target, text: pl.Series, words: Mapping[str, str]
) -> tuple[pl.Series, pl.Series]:
    known = {
        label: words.get(label) or our_code(target.vocabulary, label)
        for label in text.drop_nulls().unique().to_list()
    }
    return _translated(text, {k: v for k, v in known.items() if v}, pl.String(), "UNKNOWN")


def _advisers(
    text: pl.Series, words: Mapping[str, str], advisers: Mapping[str, int]
) -> tuple[pl.Series, pl.Series]:
    known = {
        label: advisers.get(search_key(words.get(label) or label))
        for label in text.drop_nulls().unique().to_list()
    }
    return _translated(text, {k: v for k, v in known.items() if v}, pl.Int64(), "ADVISER")


def _translated(
    text: pl.Series, known: Mapping[str, object], kind: pl.DataType, problem: str
) -> tuple[pl.Series, pl.Series]:
    """Return our codes for their words; a word without code is a problem, an empty cell is not."""
    values = text.replace_strict(dict(known), default=None, return_dtype=kind)
    wrong = text.is_not_null() & values.is_null()
    return values, pl.select(pl.when(wrong).then(pl.lit(problem))).to_series()


def _said(target: Target, text: pl.Series, wrong: pl.Series) -> pl.Series:
    """Write what is wrong with a column, row by row."""
    shown = pl.when(text.str.len_chars() > 40).then(text.str.slice(0, 39) + "…").otherwise(text)
    why = wrong.replace_strict(WRONG, default=None, return_dtype=pl.String)
    quoted = pl.concat_str(
        pl.lit(f"{target.label} : «{NBSP}"), shown.fill_null(""), pl.lit(f"{NBSP}» "), why
    )
    return pl.select(quoted).to_series()


def _words(text: pl.Series, wrong: pl.Series) -> tuple[str, ...]:
    return tuple(sorted(text.filter(wrong.is_not_null()).unique().to_list()))


def _lacking(required: tuple[str, str], columns: list[pl.Series]) -> pl.Series:
    name, label = required
    values = next(series for series in columns if series.name == name)
    message = f"{label} : valeur obligatoire absente ou illisible."
    return pl.select(pl.when(values.is_null()).then(pl.lit(message))).to_series()


def _joined(problems: list[pl.Series], height: int) -> pl.Series:
    if not problems:
        return pl.repeat(None, height, dtype=pl.String, eager=True)
    named = pl.DataFrame([s.alias(f"p{n}") for n, s in enumerate(problems)])
    joined = named.select(pl.concat_str(pl.all(), separator=" ", ignore_nulls=True)).to_series()
    return pl.select(pl.when(joined != "").then(joined)).to_series()
