"""What does a BoursoBank confirmation say? (avis d'opéré, souscription, coupons)."""

import re
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import Any, Final

from o2s_core.aggregation.mapping.numbers import SPACES
from o2s_core.aggregation.readers.blank_rows import account_row, movement_row
from o2s_core.aggregation.readers.gathering import Cells, Gathering, WrongFieldError, quoted
from o2s_core.aggregation.statement import Refusal, Statement

#: How many amounts stand on a line that has them all: gross, fees or levy, tax or net of tax, net.
ALL: Final = 4
ACCOUNT: Final = re.compile(r"\b(\d{5}) (\d{5}) (\d{11})\b")
AMOUNT: Final = re.compile(rf"(\d{{1,3}}(?:{SPACES}\d{{3}})*,\d{{2,4}})")
DONE: Final = re.compile(r"^(\d\d/\d\d/\d{4}) (\d[\d ]*(?:,\d+)?) (.+?)(?: Référence : .*)?$")
PAID: Final = re.compile(r"^(\d\d/\d\d/\d{4}) (\d[\d ]*(?:,\d+)?) (.+) \(([A-Z0-9]{12})\) (.+)$")
PRICE: Final = re.compile(r"(?:Cours exécuté|Valeur liquidative) : ([\d ]+,\d+) ([A-Z]{3})")
CODE: Final = re.compile(r"Code ISIN : ([A-Z0-9]{12})")
REFERENCE: Final = re.compile(r"Référence : (\d+)")
#: What the title of an operation starts with -> what the operation is.
KINDS: Final = {"ACHAT ": "buy", "SOUSCRIPTION ": "buy", "VENTE ": "sell", "RACHAT ": "sell"}
NET: Final = re.compile(r"Montant net au (débit|crédit) de votre compte")


def read_boursobank(lines: list[str]) -> Statement | Refusal:
    """Return the operation, or the coupons, of one confirmation.

    The amounts come from the confirmation itself, and must add up: one that
    does not is left out and told.
    """
    numbered = [(n, line) for n, line in enumerate(lines, 1) if ACCOUNT.search(line)]
    if not numbered:
        return Refusal(
            "pdf_text", "F01", "Cet avis BoursoBank ne nomme aucun compte : téléchargez-le à "
            "nouveau.",
        )  # fmt: skip
    found = Gathering("pdf_text")
    _account(found, lines, *numbered[0])
    kind = next((KINDS[k] for line in lines for k in KINDS if line.startswith(k)), None)
    if kind:
        _operation(found, lines, kind)
    elif any("DETAIL COUPONS" in line for line in lines):
        _coupons(found, lines)
    else:
        return Refusal(
            "pdf_text", "F05", "Cet avis BoursoBank n'est ni un achat, ni une vente, ni un détail "
            "de coupons : saisissez l'opération à partir du document.",
        )  # fmt: skip
    return found.statement()


def _account(found: Gathering, lines: list[str], at: int, line: str) -> None:
    """Keep the account: bank, branch, number."""
    shaped = ACCOUNT.search(line)
    found.external_id = " ".join(shaped.groups()) if shaped else ""
    pea = any("Compte PEA" in one for one in lines)
    found.accounts[found.external_id] = account_row(
        found.external_id, f"ligne {at}", envelope="pea" if pea else None, currency="EUR"
    )


def _operation(found: Gathering, lines: list[str], kind: str) -> None:
    """Read the one purchase or sale of a confirmation."""
    whole = "\n".join(lines)
    dated = [(n, s) for n, line in enumerate(lines, 1) if (s := DONE.match(line))]
    at, done = dated[0] if dated else (1, None)
    price, code, ref = PRICE.search(whole), CODE.search(whole), REFERENCE.search(whole)
    cells = {
        "date": done[1] if done else "",
        "quantité": done[2] if done else "",
        "libellé": done[3] if done else "",
        "code": code[1] if code else "",
        "cours": price[1] if price else "",
        "devise": price[2] if price else "",
        "référence": ref[1] if ref else "",
        "montants": _after(lines, re.compile(r"Montant (transaction )?brut")),
        "net": _after(lines, NET),
        "détail": "TTF" if any("Frais (" in line for line in lines) else "",
    }
    where = f"ligne {at}"
    found.row(where, cells, partial(_traded, found, where, kind))
    if len(dated) > 1:
        message = "l'avis porte plusieurs opérations et une seule est lue : saisissez les autres."
        found.tell("F06", "error", "", str(len(dated)), message)


def _after(lines: list[str], title: re.Pattern[str]) -> str:
    """Return the line that follows a title, "" when there is none."""
    pairs = pairwise(lines)
    return next((after for line, after in pairs if title.search(line)), "")


def _traded(found: Gathering, where: str, kind: str, cells: Cells) -> None:
    quantity = _number(found, cells, "quantité")
    price = _number(found, cells, "cours")
    listed, net = _amounts(cells, "montants"), _amounts(cells, "net")[-1]
    gross = listed[0]
    taxed = len(listed) == ALL and bool(cells["détail"])
    taxes = listed[2] if taxed else Decimal(0)
    fees = (net - gross if kind == "buy" else gross - net) - taxes
    if fees < 0:
        raise WrongFieldError("net", cells["net"], "les montants ne s'additionnent pas.", "V02")
    sign = -1 if kind == "buy" else 1
    found.movements.append(
        _movement(found, where, cells)
        | {
            "partner_ref": cells["référence"] or None,
            "kind": kind,
            "quantity": -sign * quantity,
            "price": price,
            "gross": sign * gross,
            "fees": fees,
            "taxes": taxes,
            "net": sign * net,
        }
    )


def _coupons(found: Gathering, lines: list[str]) -> None:
    """Read each coupon, and check their total when the bank prints it."""
    for n, line in enumerate(lines, 1):
        if paid := PAID.match(line):
            names = ("date", "quantité", "libellé", "code", "montants")
            where = f"ligne {n}"
            found.row(
                where, dict(zip(names, paid.groups(), strict=True)), partial(_paid, found, where)
            )
    printed = next((line for line in lines if line.startswith("TOTAL EUR")), "")
    total = sum((row["net"] for row in found.movements), Decimal(0))
    said = _amounts({"total": printed}, "total")[-1] if printed else total
    if said != total:
        message = "le total de la banque n'est pas la somme des coupons lus : vérifiez l'avis."
        found.tell("F06", "error", "TOTAL", printed, message)


def _paid(found: Gathering, where: str, cells: Cells) -> None:
    """Read one coupon: gross, what the State takes, what the bank takes, what is paid."""
    amounts = _amounts(cells, "montants")
    if len(amounts) < ALL:
        raise WrongFieldError("montants", cells["montants"], "un montant manque.", "L03")
    gross, net_of_tax, net = amounts[0], amounts[-2], amounts[-1]
    found.movements.append(
        _movement(found, where, cells)
        | {
            "kind": "dividend",
            "gross": gross,
            "taxes": gross - net_of_tax,
            "fees": net_of_tax - net,
            "net": net,
        }
    )


def _movement(found: Gathering, where: str, cells: Cells) -> dict[str, Any]:
    return movement_row(found.external_id, where) | {
        "trade_on": _day(cells["date"]),
        "code": cells["code"] or None,
        "code_type": "isin" if cells["code"] else None,
        "label": cells["libellé"].strip() or None,
        "currency": cells.get("devise") or "EUR",
    }


def _amounts(cells: Cells, name: str) -> list[Decimal]:
    found = [Decimal(_plain(text)) for text in AMOUNT.findall(cells[name])]
    if not found:
        raise WrongFieldError(name, cells[name], "montant absent.")
    return found


def _number(found: Gathering, cells: Cells, name: str) -> Decimal:
    value = found.number({name: _plain(cells[name])}, name)
    if value is None:
        raise WrongFieldError(name, "", "valeur absente.")
    return value


def _plain(text: str) -> str:
    return re.sub(SPACES, "", text).replace(",", ".")


def _day(text: str) -> date:
    try:
        day, month, year = text.split("/")
        return date(int(year), int(month), int(day))
    except ValueError:
        raise WrongFieldError("date", text, f"date illisible {quoted(text)}.") from None
