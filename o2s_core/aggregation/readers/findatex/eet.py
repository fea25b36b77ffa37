"""What does an EET say? (durabilité: one row per share class)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from types import MappingProxyType
from typing import Final

from o2s_core.aggregation.readers.findatex.gathering import Funds, whole
from o2s_core.aggregation.readers.findatex.sheets import SheetRow

#: 0 is out of the scope of the regulation.
ARTICLES: Final = frozenset({"0", "6", "8", "9"})
ANSWERS: Final = MappingProxyType({"y": "yes", "n": "no"})
#: Shares that a fund commits to, by article: those of the other article say nothing.
SHARES: Final = MappingProxyType(
    {
        "8": {"20180": "esg.sustainable"},
        "9": {"20220": "esg.environmental", "20250": "esg.social"},
    }
)
#: Minimum share aligned with the Taxonomy, sovereign bonds in, then out.
TAXONOMY: Final = MappingProxyType({"20600": "esg.taxonomy", "20610": "esg.taxonomy_no_sovereign"})
CONSIDERED: Final = "_considered_in_the_investment_strategy"


def read_eet(funds: Funds, row: SheetRow) -> None:
    """Read one row: the article of the support, its commitments, what adverse impacts it weighs."""
    funds.row(row, partial(_read, funds))


def _read(funds: Funds, cells: Mapping[str, str]) -> bool | None:
    code, code_type = funds.code(cells, "20000", "20010")
    if funds.known(code):
        return False
    as_of = funds.day(cells, "10040", "50")
    funds.missing(cells, "20020", "20030", "20040")
    funds.fund(
        code, code_type=code_type, label=cells.get("20020", ""), currency=cells.get("20030", ""),
        manufacturer=cells.get("10000", ""), as_of=as_of, locator=funds.found.locator,
    )  # fmt: skip
    article = _article(funds, cells, as_of)
    for number, name in {**SHARES.get(article, {}), **TAXONOMY}.items():
        _share(funds, cells, number, name, as_of)
    _answer(funds, cells, "20100", "esg.pai", as_of)
    impacts = funds.later(cells, "30010", as_of)
    for number, name in funds.names.items():
        if number.startswith("3") and name.lower().endswith(CONSIDERED):
            _answer(funds, cells, number, f"pai.{number}", impacts)
    return None


def _article(funds: Funds, cells: Mapping[str, str], as_of: date) -> str:
    """Keep the article of the SFDR, and return it."""
    text = cells.get("20040", "")
    article = whole(text)
    if article in ARTICLES:
        funds.fact("esg.sfdr", "20040", as_of, value=Decimal(article))
    elif text:
        said = "article inconnu (0, 6, 8 ou 9 attendus), il est laissé de côté."
        funds.tell("L02", "20040", text, said)
    return article


def _share(funds: Funds, cells: Mapping[str, str], number: str, name: str, as_of: date) -> None:
    """Keep a share of the fund, from nothing to the whole."""
    value = funds.number(cells, number)
    if value is not None and not 0 <= value <= 1:
        said = "une part va de 0 à 1 (0,2 pour 20 %) : elle est laissée de côté."
        funds.tell("L01", number, cells[number], said)
        return
    funds.fact(name, number, as_of, value=value)


def _answer(funds: Funds, cells: Mapping[str, str], number: str, name: str, as_of: date) -> None:
    text = cells.get(number, "")
    word = ANSWERS.get(text.strip().lower()[:1], "")
    if text and not word:
        funds.tell("L02", number, text, "réponse inconnue, elle est laissée de côté.")
    funds.fact(name, number, as_of, word=word)
