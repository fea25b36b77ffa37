"""How is a confirmation read, whatever the bank? By a description of what the bank prints."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Final

import polars as pl

from o2s_core.aggregation.mapping.numbers import SPACES
from o2s_core.aggregation.readers.blank_rows import account_row, movement_row
from o2s_core.aggregation.readers.gathering import Cells, Gathering, WrongFieldError, quoted
from o2s_core.aggregation.statement import PARTNERS, Refusal, Statement

#: An amount as a French bank prints it, without its sign.
AMOUNT: Final = rf"\d{{1,3}}(?:{SPACES}\d{{3}})*,\d{{2,5}}(?!\d)"
#: A quantity or a price.
NUMBER: Final = rf"\d{{1,3}}(?:{SPACES}?\d{{3}})*(?:,\d+)?(?![\d,])"
ISIN: Final = r"[A-Z]{2}[A-Z0-9]{9}\d"
#: What stands between the texts of two pages.
PAGE_END: Final = "\n\f\n"
#: Kinds that take cash out of the account.
SPENT: Final = frozenset({"buy", "tax", "fee", "withdrawal"})
#: Kinds whose fees and taxes come on top of the gross amount, or are taken from it.
PARTED: Final = frozenset({"buy", "sell", "dividend"})


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of document of a bank: where its operations start, where each field stands.

    A field is the first group of its pattern, searched in the text of the
    operation. `rest` says which of `fees` and `taxes` the document does not
    print: it is what is left between gross and net.
    """

    sign: re.Pattern[str]  #: what only this document prints
    starts: re.Pattern[str]  #: the line where an operation starts
    kinds: tuple[tuple[re.Pattern[str], str], ...]  #: how an operation is called -> its kind
    fields: Mapping[str, re.Pattern[str]]
    rest: Mapping[str, str] = field(default_factory=dict)  #: kind -> fees or taxes
    titled: bool = False  #: the kind stands above the operation, once for several
    total: re.Pattern[str] | None = None  #: the sum of the net amounts, when it is printed


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank: its code and name, what only it prints, its account line, its documents."""

    code: str
    name: str
    sign: re.Pattern[str]
    account: re.Pattern[str]  #: groups `number`, and `holder` where it is printed
    layouts: tuple[Layout, ...]
    readable: str  #: what is read of it, for the adviser


def patterns(**fields: str) -> dict[str, re.Pattern[str]]:
    """Return the patterns of a layout, each searched line by line."""
    return {name: re.compile(text, re.MULTILINE) for name, text in fields.items()}


def kinds(**named: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return how operations are called, by kind."""
    return tuple((re.compile(text, re.MULTILINE), kind) for kind, text in named.items())


def read_notice(bank: Bank, text: str) -> Statement | Refusal:
    """Return the operations of a confirmation.

    The amounts come from the document, and must add up: an operation whose
    amounts do not is left out and told.
    """
    shaped = bank.account.search(text)
    if not shaped:
        return Refusal(
            "pdf_text", "F01", f"Cet avis {bank.name} ne nomme aucun compte : téléchargez-le à "
            "nouveau.",
        )  # fmt: skip
    layout = next((one for one in bank.layouts if one.sign.search(text)), None)
    blocks = _blocks(layout, text) if layout else []
    if layout is None or not blocks:
        return Refusal(
            "pdf_text", "F05", f"Ce document {bank.name} n'est pas de ceux qui sont lus "
            f"({bank.readable}) : saisissez l'opération à partir du document.",
        )  # fmt: skip
    found = Gathering("pdf_text")
    _account(found, shaped, text)
    for where, kind, block in blocks:
        cells = _cells(layout, block)
        found.row(where, cells, partial(_operation, found, where, layout, kind))
    _check_total(found, layout, text)
    rows = [{"external_id": found.external_id, "code": bank.code, "name": bank.name}]
    return replace(found.statement(), partners=pl.DataFrame(rows, PARTNERS))


def _account(found: Gathering, shaped: re.Match[str], text: str) -> None:
    said = shaped.groupdict()
    found.external_id = re.sub(r"\s+", " ", said["number"].strip())
    line = text[shaped.start() : text.find("\n", shaped.end())]
    pea = re.search(r"\bPEA\b", line) or "Compte PEA" in text
    found.accounts[found.external_id] = account_row(
        found.external_id,
        _line_of(text, shaped.start()),
        envelope="pea" if pea else None,
        holder=(said.get("holder") or "").strip() or None,
        currency="EUR",
    )


def _line_of(text: str, at: int) -> str:
    """Return where a place of the text is: its line, in its page when there are several."""
    page = text.count(PAGE_END, 0, at) + 1
    start = text.rfind(PAGE_END, 0, at) + len(PAGE_END) if page > 1 else 0
    line = f"ligne {text.count(chr(10), start, at) + 1}"
    return f"page {page}, {line}" if PAGE_END in text else line


def _blocks(layout: Layout, text: str) -> list[tuple[str, str, str]]:
    """Return each operation: where it starts, its kind, its text."""
    starts = list(layout.starts.finditer(text))
    ends = [*(one.start() for one in starts[1:]), len(text)][: len(starts)]
    found = []
    for one, end in zip(starts, ends, strict=True):
        block = text[one.start() : end]
        kind = _kind(layout, text[: one.end()] if layout.titled else block)
        found.append((_line_of(text, one.start()), kind, block))
    return found


def _kind(layout: Layout, text: str) -> str:
    """Return the kind that the last title of a text tells, "" when it has none."""
    titles = [(m.start(), kind) for sign, kind in layout.kinds for m in sign.finditer(text)]
    return max(titles)[1] if titles else ""


def _cells(layout: Layout, block: str) -> dict[str, str]:
    found = {}
    for name, pattern in layout.fields.items():
        if shaped := pattern.search(block):
            text = next((group for group in shaped.groups() if group), "")
            found[name] = re.sub(r"\s+", " ", text).strip()
    return found


def _operation(found: Gathering, where: str, layout: Layout, kind: str, cells: Cells) -> None:
    """Keep an operation; what it is called decides which way the cash goes."""
    if not kind:
        said = cells.get("opération") or cells.get("libellé", "")
        message = f"opération {quoted(said)} inconnue : saisissez-la à partir du document."
        raise WrongFieldError("opération", said, message, "L02")
    sign = -1 if kind in SPENT else 1
    net = _required(found, cells, "net")
    row = movement_row(found.external_id, where) | {
        "partner_ref": cells.get("référence"),
        "trade_on": _day(cells.get("date", "")),
        "kind": kind,
        "code": cells.get("code"),
        "code_type": "isin" if cells.get("code") else None,
        "label": cells.get("libellé"),
        "gross": sign * net,
        "net": sign * net,
        "currency": cells.get("devise") or "EUR",
    }
    if kind in PARTED:
        row |= _parts(found, cells, layout.rest.get(kind, ""), sign)
    if kind in {"buy", "sell"}:
        quantity = _required(found, cells, "quantité")
        row |= {"quantity": -sign * quantity, "price": _required(found, cells, "cours")}
    found.movements.append(row)


def _parts(found: Gathering, cells: Cells, rest: str, sign: int) -> dict[str, Decimal]:
    """Return gross (signed), fees and taxes (positive when paid), which must add up to the net."""
    gross, net = _required(found, cells, "brut"), _required(found, cells, "net")
    cost = sign * (gross - net)
    fees = _sum(found, cells, ("frais", "tva"))
    taxes = _sum(found, cells, ("taxes", "prélèvements sociaux"))
    if "net fiscal" in cells:
        taxes = gross - _required(found, cells, "net fiscal")
    if rest == "fees":
        fees = cost - taxes
    if rest == "taxes":
        taxes = cost - fees
    if min(fees, taxes) < 0 or fees + taxes != cost:
        raise WrongFieldError("net", cells["net"], "les montants ne s'additionnent pas.", "V02")
    return {"gross": sign * gross, "fees": fees, "taxes": taxes}


def _sum(found: Gathering, cells: Cells, names: tuple[str, ...]) -> Decimal:
    return sum((_required(found, cells, name) for name in names if name in cells), Decimal(0))


def _required(found: Gathering, cells: Cells, name: str) -> Decimal:
    """Return the number of a field as the bank writes it; its absence is a fault."""
    plain = re.sub(SPACES, "", cells.get(name, "")).replace(",", ".")
    value = found.number({name: plain}, name)
    if value is None:
        raise WrongFieldError(name, "", "valeur absente du document.")
    return value


def _day(text: str) -> date:
    try:
        day, month, year = re.split(r"[/-]", text)
        return date(int(year), int(month), int(day))
    except ValueError:
        raise WrongFieldError("date", text, f"date illisible {quoted(text)}.") from None


def _check_total(found: Gathering, layout: Layout, text: str) -> None:
    """Compare the operations read with the total of the bank, when it prints one."""
    printed = layout.total.search(text) if layout.total else None
    if not printed:
        return
    total = sum((row["net"] for row in found.movements), Decimal(0))
    if _required(found, {"total": printed[1]}, "total") != total:
        message = "le total de la banque n'est pas la somme des opérations lues : vérifiez l'avis."
        found.tell("F06", "error", "TOTAL", printed[0], message)
