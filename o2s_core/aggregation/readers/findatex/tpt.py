"""What does a TPT say? (inventaire Solvabilité II: one row per line of a fund, several funds)."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from types import MappingProxyType
from typing import Final

from o2s_core.aggregation.readers.findatex.ept import kind_of
from o2s_core.aggregation.readers.findatex.gathering import CODE_TYPES, Funds, code_of, whole
from o2s_core.aggregation.readers.findatex.sheets import SheetRow
from o2s_core.aggregation.readers.gathering import SCALE, quoted
from o2s_core.kernel.french import percent
from o2s_core.kernel.identifiers import is_isin

#: Fields that each row of a fund repeats -> what the file calls them.
HEAD: Final = ("2", "3", "4", "5", "6", "7", "8", "8b", "9", "123", "117")
#: Fields that the template asks for on each row of a fund.
ASKED: Final = ("4", "5", "6")
#: Figures of the fund as a whole.
FIGURES: Final = MappingProxyType(
    {"8": "fund.price", "5": "fund.assets", "8b": "fund.shares", "9": "fund.cash_ratio"}
)
#: How far from the whole the weights may add up.
TOLERANCE: Final = Decimal("0.005")
ASSETS: Final = frozenset("0123456789ABCDEFL")


def read_tpt(funds: Funds, rows: Sequence[SheetRow]) -> None:
    """Read the funds of a file, each from its rows; a row without fund is left out."""
    heads: dict[str, dict[str, str]] = {}
    for row in rows:
        code = code_of(row.cells.get("1", ""))
        head = heads.setdefault(code, {})
        for number in HEAD:
            if number in row.cells:
                head.setdefault(number, row.cells[number])
    for row in rows:
        funds.row(row, partial(_line, funds, heads))
    _whole(funds)


def _line(funds: Funds, heads: Mapping[str, Mapping[str, str]], cells: Mapping[str, str]) -> None:
    """Read one line of a fund; the first one says what the fund is."""
    code = code_of(cells.get("1", ""))
    if code not in funds.funds:
        _fund(funds, {**heads.get(code, {}), "1": cells.get("1", "")})
    _repeated(funds, heads[code], cells)
    code, code_type = _identity(funds, cells)
    value = funds.number(cells, "24")
    funds.lines.append(
        {
            "fund": funds.found.external_id,
            "locator": funds.found.locator,
            "code": code,
            "code_type": code_type,
            "label": cells.get("17", ""),
            "asset": _asset(funds, cells),
            "country": cells.get("52", "").upper(),
            "currency": cells.get("21", "").upper(),
            "value": value,
            "weight": _weight(funds, cells, value),
        }
    )


def _fund(funds: Funds, head: Mapping[str, str]) -> None:
    code, code_type = funds.code(head, "1", "2")
    as_of = funds.day(head, "6", "7")
    funds.missing(head, "3", "4")
    currency = head.get("4", "")
    funds.fund(
        code, code_type=code_type, label=head.get("3", ""), currency=currency,
        kind=kind_of(head.get("123", "")), manufacturer=head.get("117", ""), as_of=as_of,
        locator=funds.found.locator,
    )  # fmt: skip
    for number, name in FIGURES.items():
        value = funds.number(head, number)
        if number == "8" and value is not None and (value <= 0 or not currency):
            said = (
                "valeur de la part sans devise, ou qui n'est pas positive : elle n'est pas prise."
            )
            funds.tell("L06", number, head[number], said)
            continue
        funds.fact(name, number, as_of, value=value)
        if number == "5" and value:
            funds.assets[code] = value


def _repeated(funds: Funds, head: Mapping[str, str], cells: Mapping[str, str]) -> None:
    """Tell what a row of the fund lacks, or says otherwise than the rows above it."""
    for number in ASKED:
        if number not in cells and number in head:
            said = "champ obligatoire vide sur cette ligne, celui des autres lignes est pris."
            funds.tell("L01", number, "", said)
    for number in ("4", "6", "8"):
        if cells.get(number, head.get(number)) != head.get(number):
            said = (
                f"les lignes de ce fonds se contredisent ({quoted(head[number])} puis "
                f"{quoted(cells[number])}) : demandez un fichier corrigé."
            )
            funds.tell("L08", number, cells[number], said, "error")


def _identity(funds: Funds, cells: Mapping[str, str]) -> tuple[str, str]:
    """Return the code of a line and what it is; a wrong ISIN is told, the line is kept."""
    code = code_of(cells.get("14", ""))
    code_type = CODE_TYPES.get(whole(cells.get("15", "")), "")
    if code_type == "isin" and code and not is_isin(code):
        said = "la clé de contrôle de l'ISIN est fausse : la ligne est gardée sans identité."
        funds.tell("L04", "14", code, said)
        return code, "unidentified"
    if not code and not cells.get("17"):
        funds.tell("L03", "17", "", "ligne sans code ni libellé : elle est gardée sans nom.")
    return code, code_type


def _asset(funds: Funds, cells: Mapping[str, str]) -> str:
    """Return the category of a line: that of its CIC code, else the one of the report."""
    cic, category = cells.get("12", ""), cells.get("131", "")
    found = next((c for c in (cic[2:3].upper(), category[:1].upper()) if c and c in ASSETS), "")
    if len(cic) != 4:
        also = "celle du champ 131 est prise" if found else "la ligne reste non classée"
        raw = f"code CIC illisible {quoted(cic)}" if cic else "code CIC absent"
        funds.tell("L01", "12", cic, f"{raw} : {also}.")
    return found


def _weight(funds: Funds, cells: Mapping[str, str], value: Decimal | None) -> Decimal | None:
    """Return the weight of a line: as told, else its value over the net assets of the fund."""
    told = funds.number(cells, "26")
    if told is not None:
        return told
    assets = funds.assets.get(funds.found.external_id)
    if value is not None and assets is not None:
        return (value / assets).quantize(SCALE, ROUND_HALF_UP)
    funds.tell("L01", "26", "", "poids absent : la ligne n'est pas couverte.")
    return None


def _whole(funds: Funds) -> None:
    """Tell when the lines of a fund do not make the whole of it."""
    totals = dict.fromkeys(funds.funds, Decimal(0))
    for line in funds.lines:
        totals[line["fund"]] += line["weight"] or 0
    for code, total in totals.items():
        if abs(total - 1) > TOLERANCE:
            funds.found.external_id = code
            funds.found.locator = funds.funds[code]["locator"]
            share = percent(total)
            said = f"les lignes font {share} de l'actif net : le reste n'est pas couvert."
            funds.tell("V02", "26", str(total), said)
