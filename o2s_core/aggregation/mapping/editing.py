"""How a mapping is edited as a table: one row per field, its column and how it is written."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl

from o2s_core.aggregation.mapping.anomalies import label
from o2s_core.aggregation.mapping.drafting import likely_kind
from o2s_core.aggregation.mapping.grid import column_key
from o2s_core.aggregation.mapping.language import FIELDS
from o2s_core.kernel.identifiers import search_key

#: One row per field that the contents of a mapping may fill.
FIELD_ROWS: Final = pl.Schema(
    {
        "field": pl.String(),
        "label": pl.String(),
        "column": pl.String(),  # "" when none, or when the rule is not a mere column
        "written": pl.String(),  # how dates or numbers are written, in French
        "sign": pl.Boolean(),  # null where it means nothing
        "fixed": pl.String(),  # the same value for every row
        "rule": pl.String(),  # what a rule beyond a mere column does, in French
    }
)
#: One row per wording of an operation; the kind is ERROR while nobody has chosen.
KIND_ROWS: Final = pl.Schema({"wording": pl.String(), "rows": pl.UInt32(), "kind": pl.String()})
COMMON: Final = ("account", "account_label", "holder", "envelope", "isin", "code", "label")
SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    "positions": (
        "as_of", "instrument_kind", "quantity", "unit_cost", "price", "price_on", "value",
        "accrued", "total", "currency",
    ),
    "movements": (
        "trade_on", "value_on", "kind", "quantity", "price", "gross", "fees", "taxes", "net",
        "currency", "reference",
    ),
    "accounts": ("opened_on", "total", "currency", "broker_code"),
    "prices": ("price_on", "price", "price_kind", "currency"),
    "rates": ("currency", "rate_on", "rate"),
}  # fmt: skip
#: How dates are written: as it is shown -> as the mapping says it.
DATES: Final = {
    "31/12/2025": "%d/%m/%Y",
    "2025-12-31": "%Y-%m-%d",
    "31-12-2025": "%d-%m-%Y",
    "31.12.2025": "%d.%m.%Y",
    "20251231": "%Y%m%d",
    "31/12/25": "%d/%m/%y",
    "31-Dec-2025": "%d-%b-%Y",
    "12/31/2025 (mois d'abord)": "%m/%d/%Y",
}
NUMBERS: Final = {"1 234,56": ",", "1,234.56": ".", "les deux, si certain": "auto"}
SIGNED: Final = ("quantity", "gross", "net")
PLAIN: Final = frozenset({"column", "number", "date", "sign", "required", "default", "absolute"})


def slug(name: str) -> str:
    """Return a name as a code: `Assureur Exemple` is `assureur_exemple`."""
    return re.sub(r"[^a-z0-9]+", "_", search_key(name)).strip("_")[:40]


def contents_of(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what a mapping says that its rows are: positions, movements, prices and so on."""
    content = document.get("content") or ()
    return (content,) if isinstance(content, str) else tuple(content)


def field_rows(document: Mapping[str, Any], columns: Sequence[str]) -> pl.DataFrame:
    """Return the fields of a mapping as rows to edit (schema `FIELD_ROWS`)."""
    shown = dict.fromkeys(COMMON)
    for content in contents_of(document):
        shown |= dict.fromkeys(SHOWN.get(content, ()))
    rules = document.get("fields") or {}
    rows = [_row(name, rules.get(name), columns) for name in shown]
    return pl.DataFrame(rows, FIELD_ROWS)


def _row(name: str, rule: Mapping[str, Any] | None, columns: Sequence[str]) -> dict[str, Any]:
    rule = rule or {}
    mere = set(rule) <= PLAIN or (name == "kind" and set(rule) <= {*PLAIN, "table"})
    known = {column_key(c): c for c in columns}
    names = [rule["column"]] if isinstance(rule.get("column"), str) else rule.get("column", [])
    column = next((known[column_key(n)] for n in names if column_key(n) in known), "")
    return {
        "field": name,
        "label": label(name),
        "column": column if mere else "",
        "written": _written(name, rule),
        "sign": rule.get("sign") == "by_kind" if name in SIGNED else None,
        "fixed": str(rule.get("constant", "")),
        "rule": "" if mere or "constant" in rule else said(rule),
    }


def _written(name: str, rule: Mapping[str, Any]) -> str:
    if FIELDS[name] == "day":
        forms = [rule["date"]] if isinstance(rule.get("date"), str) else rule.get("date", [])
        return next((shown for shown, form in DATES.items() if form in forms[:1]), "")
    if FIELDS[name] == "number":
        mark = (rule.get("number") or {}).get("decimal", "auto" if rule else ",")
        return next((shown for shown, form in NUMBERS.items() if form == mark), "")
    return ""


def said(rule: Mapping[str, Any]) -> str:
    """Describe a rule that is more than a column, in French."""
    sources = {
        "file": "nom du fichier",
        "expression": "calcul",
        "preamble": "lignes avant l'en-tête",
        "cell": "cellule fixe",
        "position": "colonne n°",
        "columns": "plusieurs colonnes",
        "first_of": "première remplie",
        "regex": "extrait de",
        "table": "table sur",
    }
    found = next(((words, rule[key]) for key, words in sources.items() if key in rule), None)
    if found is None:
        return f"{_first(rule.get('column', ''))} : règle propre"
    words, value = found
    if words in {"extrait de", "table sur"}:
        return f"{words} {_first(rule.get('column', ''))}".strip()
    text = value if isinstance(value, str | int) else ", ".join(map(str, value[:2]))
    return f"{words} {text}"[:80]


def _first(names: str | Sequence[str]) -> str:
    return names if isinstance(names, str) else (names[0] if names else "")


def with_field_rows(
    document: Mapping[str, Any], columns: Sequence[str], edited: pl.DataFrame
) -> dict[str, Any]:
    """Return the mapping after its rows were edited; rules left as they were stay whole."""
    before = {row["field"]: row for row in field_rows(document, columns).iter_rows(named=True)}
    fields = dict(document.get("fields") or {})
    for row in edited.iter_rows(named=True):
        name = row["field"]
        if {k: row[k] or "" for k in row} == {k: before[name][k] or "" for k in row}:
            continue
        rule = _rule(name, row, fields.get(name) or {}, before[name])
        if rule:
            fields[name] = rule
        else:
            fields.pop(name, None)
    return {**document, "fields": fields}


def _rule(
    name: str, row: Mapping[str, Any], rule: Mapping[str, Any], before: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the rule that an edited row asks for, nothing when the field is cleared."""
    if row["fixed"] and row["fixed"] != before["fixed"]:
        return {"constant": row["fixed"]}
    if not row["column"]:
        return {} if before["column"] or before["fixed"] else dict(rule)
    kept = {k: v for k, v in rule.items() if k in {"required", "default", "absolute", "table"}}
    made = {"column": row["column"], **kept}
    if FIELDS[name] == "day":
        made["date"] = DATES.get(row["written"] or "") or rule.get("date") or "%d/%m/%Y"
    if FIELDS[name] == "number":
        untouched = row["written"] == before["written"] and "number" in rule
        form = {"decimal": NUMBERS.get(row["written"] or "", ",")}
        made["number"] = rule["number"] if untouched else form
    if row["sign"]:
        made["sign"] = "by_kind"
    if name == "kind" and "table" not in made:
        made["table"] = []
    return made


def kind_rows(document: Mapping[str, Any], wordings: pl.DataFrame) -> pl.DataFrame:
    """Return the wordings of operations with the kind that the mapping gives them.

    Parameters
    ----------
    wordings
        `wording` and `rows`: what the sample holds.
    """
    kinds = {w: kind_of(document, w) or likely_kind(w) for w in wordings["wording"]}
    return (
        wordings.with_columns(
            kind=pl.col("wording").replace_strict(kinds, default="ERROR", return_dtype=pl.String)
        )
        .select(KIND_ROWS.names())
        .cast(KIND_ROWS)
    )


def kind_of(document: Mapping[str, Any], wording: str) -> str | None:
    """Return the kind that a mapping gives to a wording, None when its table has none."""
    rule = (document.get("fields") or {}).get("kind") or {}
    if not rule.get("table"):
        return None
    chain = pl.lit(None, pl.String)
    for pattern, kind in reversed(rule["table"]):
        found = pl.lit(wording).str.contains(f"(?i){pattern}")
        chain = pl.when(found).then(pl.lit(kind)).otherwise(chain)
    return pl.select(chain).item()


def with_kind_rows(document: Mapping[str, Any], edited: pl.DataFrame) -> dict[str, Any]:
    """Return the mapping with the kinds chosen; only what changed is put before its table."""
    fields = dict(document.get("fields") or {})
    rule = dict(fields.get("kind") or {})
    table = [list(pair) for pair in rule.get("table") or []]
    for wording, kind in edited.select("wording", "kind").rows():
        if kind_of(document, wording) == kind:
            continue
        exact = f"^{_escaped(wording)}$"
        table = [[exact, kind], *(pair for pair in table if pair[0] != exact)]
    rule["table"] = table
    return {**document, "fields": {**fields, "kind": rule}}


def _escaped(text: str) -> str:
    return "".join(f"\\{c}" if c in r".^$*+?{}[]\|()" else c for c in text)
