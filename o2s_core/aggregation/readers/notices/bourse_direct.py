"""What Bourse Direct prints on its confirmations (avis d'opération)."""

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

#: The first line of an operation: its day, what it is, the support, the amount.
FIRST: Final = r"^ *\d\d/\d\d/\d{4} +"

OPERATIONS: Final = Layout(
    sign=re.compile(r"Avis d'Opération"),
    starts=re.compile(rf"{FIRST}\S.*$", re.MULTILINE),
    kinds=kinds(
        buy=rf"{FIRST}(?:ACHAT|SOUSCRIPTION)\b",
        sell=rf"{FIRST}(?:VENTE|RACHAT)\b",
        dividend=rf"{FIRST}COUPONS\b",
        tax=rf"{FIRST}TAXE TRANSACT",
        deposit=rf"{FIRST}INVESTISSEMENT ESPECES\b",
        withdrawal=rf"{FIRST}RETRAIT ESPECES\b",
    ),
    fields=patterns(
        date=r"^ *(\d\d/\d\d/\d{4}) ",
        opération=rf"{FIRST}(.+?)(?: +{ISIN} .*| +{AMOUNT} *)$",
        code=rf"{FIRST}.+? ({ISIN}) ",
        libellé=rf"{FIRST}.+? {ISIN} +(\S.*?) +{AMOUNT} *$|{FIRST}(\S.*?) +{AMOUNT} *$",
        quantité=rf"\bQUANTITE : +[+-]?({NUMBER})",
        cours=rf"\bCOURS : +\+?({NUMBER})",
        brut=rf"(?<!UN\.)BRUT : +\+?({AMOUNT})",
        frais=rf"\b(?:COURTAGE|COMMISSION) : +\+?({AMOUNT})",
        tva=rf"\bTVA : +\+?({AMOUNT})",
        net=rf"{FIRST}.*? +({AMOUNT}) *$",
    ),
    rest={"dividend": "taxes"},
)
BOURSE_DIRECT: Final = Bank(
    code="bourse_direct",
    name="Bourse Direct",
    sign=re.compile(r"Bourse Direct *, *SA\b"),
    account=re.compile(r"COMPTE N° *(?P<number>\w+)(?: +PEA)?(?P<holder> .*)?"),
    layouts=(OPERATIONS,),
    readable="achat, vente, coupons, taxe sur les transactions financières, espèces",
)
