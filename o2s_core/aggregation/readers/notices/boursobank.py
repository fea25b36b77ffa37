"""What BoursoBank prints on its confirmations (avis d'opéré, souscription, coupons)."""

import re
from typing import Final

from o2s_core.aggregation.readers.notices.notice import (
    AMOUNT,
    ISIN,
    NUMBER,
    Bank,
    Layout,
    kinds,
    patterns,
)

DAY: Final = r"\d\d/\d\d/\d{4}"
#: An operation: its reference may stand on the line before, or at the end of its own.
DONE: Final = rf"^(?:Référence : \d+\n)?{DAY} {NUMBER} \S.*$"
COUPON: Final = rf"^{DAY} {NUMBER} .+ \({ISIN}\) .*$"
#: Amounts of a coupon: gross first; net of tax, then net paid, last.
PAID: Final = rf"\({ISIN}\) {AMOUNT} (?:{AMOUNT} )*?"

OPERATION: Final = Layout(
    sign=re.compile(r"^(?:ACHAT|SOUSCRIPTION|VENTE|RACHAT) ", re.MULTILINE),
    starts=re.compile(DONE, re.MULTILINE),
    kinds=kinds(buy=r"^(?:ACHAT|SOUSCRIPTION) ", sell=r"^(?:VENTE|RACHAT) "),
    fields=patterns(
        date=rf"^({DAY}) ",
        quantité=rf"^{DAY} ({NUMBER}) ",
        libellé=rf"^{DAY} {NUMBER} (.+?)(?: Référence : \d+)?$",
        référence=r"Référence : (\d+)",
        code=rf"Code ISIN : ({ISIN})",
        cours=rf"(?:Cours exécuté|Valeur liquidative) : ({NUMBER}) [A-Z]{{3}}",
        devise=r"(?:Cours exécuté|Valeur liquidative) : [\d ,]+ ([A-Z]{3})",
        brut=rf"Montant (?:transaction )?brut.*\n *({AMOUNT}) ",
        taxes=rf"Frais \(.*\n *{AMOUNT} \S+ +{AMOUNT} \S+ +({AMOUNT}) \S+ +{AMOUNT} ",
        net=rf"Montant net au (?:débit|crédit) de votre compte\n(?:.*? )??({AMOUNT}) [A-Z]{{3}} *$",
    ),
    rest={"buy": "fees", "sell": "fees"},
    titled=True,
)
COUPONS: Final = Layout(
    sign=re.compile(r"DETAIL COUPONS"),
    starts=re.compile(COUPON, re.MULTILINE),
    kinds=kinds(dividend=COUPON),
    fields=patterns(
        date=rf"^({DAY}) ",
        quantité=rf"^{DAY} ({NUMBER}) ",
        libellé=rf"^{DAY} {NUMBER} (.+?) \({ISIN}\)",
        code=rf"\(({ISIN})\)",
        brut=rf"\({ISIN}\) ({AMOUNT}) ",
        **{"net fiscal": rf"{PAID}({AMOUNT}) {AMOUNT} *$"},
        net=rf"{PAID}{AMOUNT} ({AMOUNT}) *$",
    ),
    rest={"dividend": "fees"},
    total=re.compile(rf"^TOTAL EUR .*?({AMOUNT}) *$", re.MULTILINE),
)
BOURSOBANK: Final = Bank(
    code="boursobank",
    name="BoursoBank",
    sign=re.compile(r"Références de votre compte titres"),
    account=re.compile(r"\b(?P<number>\d{5} \d{5} \d{11})\b"),
    layouts=(OPERATION, COUPONS),
    readable="achat, vente, souscription, rachat, coupons",
)
