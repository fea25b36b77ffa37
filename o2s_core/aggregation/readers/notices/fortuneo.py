"""What Fortuneo prints on its confirmations (avis d'opérations, coupons, taxe sur transactions)."""

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

#: The line of a support: a bullet that the text may have lost, its family, its name and code.
NAMED: Final = (
    rf"^[^\w\n]*(?:\w +)?(?:ACTION|OBLIGATION|OPCVM|TRACKER|ETF|FONDS) *:? *(.+) \({ISIN}\)$"
)
#: The line of a support that was taxed: a bullet, its name and code.
TAXED: Final = rf"^(?:[^A-Za-z0-9\s] +)?(\S.*) \({ISIN}\)$"
CODE: Final = rf"\(({ISIN})\)$"

OPERATIONS: Final = Layout(
    sign=re.compile(r"^AVIS D'OPÉRATIONS", re.MULTILINE),
    starts=re.compile(NAMED, re.MULTILINE),
    kinds=kinds(buy=r"\bSens (?:Achat|Souscription)\b", sell=r"\bSens (?:Vente|Rachat)\b"),
    fields=patterns(
        libellé=NAMED,
        code=CODE,
        date=r"^(\d\d-\d\d-\d{4}) ",
        référence=r"\bRéférence (\w+)",
        opération=r"\bSens (.+?)(?: - |$)",
        quantité=rf"\bQuantité ({NUMBER}) ",
        cours=rf"\bCours ({NUMBER}) €",
        brut=rf"^Montant Brut ({AMOUNT}) €",
        frais=rf"^Courtage et Commission ({AMOUNT}) €",
        net=rf"^Montant NET ({AMOUNT}) €",
    ),
)
COUPONS: Final = Layout(
    sign=re.compile(r"^AVIS D'ENCAISSEMENT COUPON", re.MULTILINE),
    starts=re.compile(NAMED, re.MULTILINE),
    kinds=kinds(dividend=NAMED),
    fields=patterns(
        libellé=NAMED,
        code=CODE,
        date=r"^(\d\d/\d\d/\d{4})\b",
        quantité=rf"^Quantité ({NUMBER})",
        taxes=rf"^Prélèvement fiscal ({AMOUNT}) €",
        **{"prélèvements sociaux": rf"^Prélèvements sociaux ({AMOUNT}) €"},
        brut=rf"^({AMOUNT}) €$",
        net=rf"^Montant Net ({AMOUNT}) €",
    ),
)
TAX: Final = Layout(
    sign=re.compile(r"^AVIS RECAPITULATIF DE LA TAXE SUR LES", re.MULTILINE),
    starts=re.compile(TAXED, re.MULTILINE),
    kinds=kinds(tax=r"\bTaxe Transaction Financière"),
    fields=patterns(
        libellé=TAXED,
        code=CODE,
        date=r"^(\d\d-\d\d-\d{4}) ",
        quantité=rf"Quantité compensée soumise à la TTF : ({NUMBER})",
        net=rf"^({AMOUNT})\nMontant de la TTF *:|^Montant de la TTF *: *({AMOUNT})",
    ),
)
FORTUNEO: Final = Bank(
    code="fortuneo",
    name="Fortuneo",
    sign=re.compile(r"Arkéa Direct Bank"),
    account=re.compile(r"VOTRE COMPTE .*?N° *(?P<number>\d+)(?P<holder> .*)?"),
    layouts=(OPERATIONS, COUPONS, TAX),
    readable="achat, vente, encaissement de coupon, taxe sur les transactions financières",
)
