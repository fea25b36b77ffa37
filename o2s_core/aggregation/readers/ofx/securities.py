"""What an OFX file says of each security: its codes, its name, what its price is for."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from o2s_core.aggregation.readers.gathering import Cells, Gathering
from o2s_core.aggregation.readers.ofx.tree import Element

CODE_TYPES: Final = {
    "ISIN": "isin", "CUSIP": "cusip", "SEDOL": "sedol", "WKN": "wkn", "TICKER": "ticker",
}  # fmt: skip
PERCENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Securities:
    """The securities that a file lists, by code; a line may well speak of another."""

    known: dict[str, dict[str, str]]

    @classmethod
    def of(cls, root: Element) -> "Securities":
        """Return the list that a file ends with, empty when it has none."""
        known: dict[str, dict[str, str]] = {}
        for listed in root.all("SECLIST"):
            for info in listed.children:
                said = info.fields()
                if said.get("UNIQUEID"):
                    known.setdefault(said["UNIQUEID"], said)
        return cls(known)

    def identity(self, cells: Cells) -> dict[str, str | None]:
        """Return the code of a security, what kind of code it is, its name where it is listed."""
        code = cells.get("UNIQUEID", "").strip() or None
        kind = CODE_TYPES.get(cells.get("UNIQUEIDTYPE", "").strip().upper(), "partner")
        name = self.known.get(code or "", {}).get("SECNAME") or None
        return {"code": code, "code_type": kind if code else None, "label": name}

    def factor(self, found: Gathering, kind: str | None, code: str | None) -> Decimal:
        """Return what a price is for: a bond is quoted in percent, an option for many shares."""
        if kind == "option":
            return found.number(self.known.get(code or "", {}), "SHPERCTRCT") or Decimal(1)
        return PERCENT if kind == "bond" else Decimal(1)
