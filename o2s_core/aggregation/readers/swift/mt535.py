"""What does a MT535 say? (relevé de titres SWIFT: what a custodian holds on a day)."""

import re
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, Final

from o2s_core.aggregation.readers.blank_rows import account_row, line_row
from o2s_core.aggregation.readers.gathering import Cells, Gathering, WrongFieldError, day, quoted
from o2s_core.aggregation.readers.swift.blocks import Block, CutError, messages
from o2s_core.aggregation.readers.swift.fields import fields
from o2s_core.aggregation.readers.text import decoded
from o2s_core.aggregation.statement import Refusal, Statement

AMOUNT: Final = re.compile(r"(N?)([A-Z]{3})(\d+[,.]?\d*)")
QUANTITY: Final = re.compile(r"(N?)(UNIT|FAMT|AMOR)/(N?)(\d+[,.]?\d*)")
PRICE: Final = re.compile(r"(?:ACTU|PRCT|DISC|PREM|PARV)?/?([A-Z]{3})?(\d+[,.]?\d*)")
ISIN: Final = re.compile(r"ISIN\s+([A-Z0-9]{12})")
#: National codes: the country that gives them -> what they are.
NATIONAL: Final = {"DE": "wkn", "US": "cusip", "GB": "sedol"}
#: What each line was bought for, as German custodians write it.
COST: Final = re.compile(r"^2(\d+[,.]?\d*)\+([A-Z]{3})", re.MULTILINE)


def read_mt535(data: bytes, file_name: str) -> Statement | Refusal:  # noqa: ARG001
    """Return what a MT535 says, or why it is refused.

    Pages of one statement (28E) are put together; when one is missing the
    account is stopped, since what it holds is not all there. A cancellation
    (`:23G:CANC`) stops it too: the delivery that it cancels is to be cancelled.
    """
    try:
        listed = messages(fields(decoded(data)))
    except CutError:
        return Refusal(
            "mt535", "F07", "Ce MT535 est coupé : un bloc n'est pas fermé. Téléchargez-le à "
            "nouveau.",
        )  # fmt: skip
    found = Gathering("mt535")
    pages: dict[tuple[str, str], list[str]] = {}
    for message in listed:
        _message(found, message, pages)
    if not found.accounts:
        return Refusal("mt535", "F01", "Ce MT535 ne contient aucun relevé d'un compte nommé.")
    for (account, _), numbers in pages.items():
        _all_pages(found, account, numbers)
    return found.statement()


def _message(found: Gathering, message: Block, pages: dict[tuple[str, str], list[str]]) -> None:
    """Read one page: its account, its day, its lines, its total."""
    general = next(message.all("GENL"))
    found.external_id = general.find("97", "SAFE").rpartition("//")[2].strip()
    found.locator = where = f"ligne {general.at}"
    if not found.external_id:
        found.errors += 1
        found.tell("L01", "error", ":97A:", "", "numéro de compte absent, le relevé est écarté.")
        return
    found.accounts.setdefault(found.external_id, account_row(found.external_id, where))
    if general.find("23").startswith("CANC"):
        found.tell(
            "A-ANNULATION", "error", ":23G:", "CANC", "le dépositaire annule un relevé déjà "
            "envoyé : annulez la livraison d'origine, puis écartez celle-ci.",
        )  # fmt: skip
        return
    cells = {"date": _plain_day(general.find("98", "STAT")), "page": general.find("28")}
    found.row(where, cells, partial(_situation, found, message, where))
    pages.setdefault((found.external_id, cells["date"]), []).append(cells["page"])


def _situation(found: Gathering, message: Block, where: str, cells: Cells) -> None:
    """Keep what the account holds; a later page adds its lines and gives the total."""
    on = day(cells, "date", required=True)
    total, currency = _total(found, message)
    start = len(found.lines)
    for block in message.all("FIN"):
        _line(found, block, on)
    currency = currency or next((line["currency"] for line in found.lines[start:]), None)
    head = _head(found, on, where)
    head["currency"] = head["currency"] or currency
    head["total"] = total if total is not None else head["total"]
    account = found.accounts[found.external_id]
    account["currency"] = account["currency"] or currency


def _head(found: Gathering, on: date, where: str) -> dict[str, Any]:
    """Return the situation of that account and day, a new one when it is the first page."""
    for head in found.situations:
        if (head["external_id"], head["as_of"]) == (found.external_id, on):
            return head
    head = {"external_id": found.external_id, "as_of": on, "currency": None}
    found.situations.append(head | {"total": None, "locator": where})
    return found.situations[-1]


def _total(found: Gathering, message: Block) -> tuple[Decimal | None, str | None]:
    """Return the total that the custodian declares and its currency, when it does."""
    for block in message.all("ADDINFO"):
        said = block.find("19", "HOLP") or block.find("19", "HOLS")
        if said:
            return _money(found, ":19A:", said)
    return None, None


def _line(found: Gathering, block: Block, on: date) -> None:
    where = f"ligne {block.at}"
    cells = {
        "titre": block.find("35"),
        "quantité": block.find("93", "AGGR"),
        "cours": block.find("90", "MRKT"),
        "date du cours": _plain_day(block.find("98", "PRIC")),
        "valeur": block.find("19", "HOLD"),
        "intérêts courus": block.find("19", "ACRU"),
        "détention": block.find("70", "HOLD"),
    }
    found.row(where, {k: v for k, v in cells.items() if v}, partial(_held, found, on, where))


def _held(found: Gathering, on: date, where: str, cells: Cells) -> None:
    """Read one line; a nominal quoted in percent is worth a hundredth of its price."""
    quantity, kind = _quantity(found, cells.get("quantité", ""))
    price, priced_in, factor = _price(found, cells.get("cours", ""))
    value, valued_in = _money(found, "valeur", cells.get("valeur", ""))
    accrued, _ = _money(found, "intérêts courus", cells.get("intérêts courus", ""))
    cost = COST.search(cells.get("détention", ""))
    found.lines.append(
        line_row({"external_id": found.external_id, "as_of": on, "currency": None}, where)
        | {
            **_security(cells.get("titre", "")),
            "kind": kind,
            "quantity": quantity,
            "unit_cost": _number(found, "détention", cost[1]) if cost else None,
            "price": price,
            "price_on": day(cells, "date du cours"),
            "price_factor": factor,
            "accrued": accrued,
            "value": value,
            "currency": valued_in or priced_in or (cost[2] if cost else None),
        }
    )


def _security(text: str) -> dict[str, str | None]:
    """Return the code and the name of a security: ISIN first, a national code else."""
    isin = ISIN.search(text)
    national = re.search(r"^/([A-Z]{2})/(\S+)$", text, re.MULTILINE)
    names = [line for line in text.splitlines() if line[:1] != "/" and not ISIN.match(line)]
    label = re.sub(r"\s+", " ", " ".join(names)).strip() or None
    if isin:
        return {"code": isin[1], "code_type": "isin", "label": label}
    if national:
        kind = NATIONAL.get(national[1], "partner")
        return {"code": national[2], "code_type": kind, "label": label}
    return {"code": None, "code_type": None, "label": label}


def _quantity(found: Gathering, text: str) -> tuple[Decimal, str | None]:
    """Return the signed quantity and the kind that its unit tells: a face amount is a bond's."""
    shaped = QUANTITY.search(text)
    if not shaped:
        raise WrongFieldError("quantité", text, f"quantité illisible {quoted(text)}.")
    value = _number(found, "quantité", shaped[4])
    signed = -value if shaped[1] or shaped[3] else value
    return signed, None if shaped[2] == "UNIT" else "bond"


def _price(found: Gathering, text: str) -> tuple[Decimal | None, str | None, Decimal]:
    """Return price, currency and factor."""
    if not text:
        return None, None, Decimal(1)
    shaped = PRICE.fullmatch(text)
    if not shaped:
        raise WrongFieldError("cours", text, f"cours illisible {quoted(text)}.")
    factor = Decimal("0.01") if text.startswith("PRCT") else Decimal(1)
    return _number(found, "cours", shaped[2]), shaped[1], factor


def _money(found: Gathering, name: str, text: str) -> tuple[Decimal | None, str | None]:
    """Return a signed amount and its currency, nothing where the file says nothing."""
    if not text:
        return None, None
    shaped = AMOUNT.fullmatch(text)
    if not shaped:
        raise WrongFieldError(name, text, f"montant illisible {quoted(text)}.")
    value = _number(found, name, shaped[3])
    return -value if shaped[1] else value, shaped[2]


def _number(found: Gathering, name: str, text: str) -> Decimal:
    value = found.number({name: text.rstrip(",")}, name)
    if value is None:
        raise WrongFieldError(name, text, f"nombre illisible {quoted(text)}.")
    return value


def _plain_day(text: str) -> str:
    """Return the eight digits of a day, its hour left out."""
    return text.rpartition("/")[2][:8]


def _all_pages(found: Gathering, account: str, numbers: list[str]) -> None:
    """Stop an account of which a page is missing."""
    shaped = [re.fullmatch(r"0*(\d+)/(ONLY|MORE|LAST)", number) for number in numbers]
    if not any(numbers):
        return
    seen = sorted(int(one[1]) for one in shaped if one)
    ends = [one[2] for one in shaped if one]
    whole = ends == ["ONLY"] or ends.count("LAST") == 1
    if whole and len(seen) == len(numbers) and seen == list(range(1, len(seen) + 1)):
        return
    found.external_id, found.locator = account, found.accounts[account]["locator"]
    said = (
        f"il manque au moins une page (reçues : {', '.join(numbers)}) : demandez le relevé entier."
    )
    found.tell("F07", "error", ":28E:", ", ".join(numbers), said)
