"""What does the product's own JSON say? (documented exchange format)."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final

import orjson
import polars as pl

from o2s_core.aggregation.mapping.language import MOVEMENT_KINDS
from o2s_core.aggregation.statement import (
    ACCOUNTS,
    ANOMALIES,
    BROKERS,
    HOLDERS,
    LINES,
    MOVEMENTS,
    PARTNERS,
    RAW,
    SITUATIONS,
    Refusal,
    Statement,
)
from o2s_core.kernel.french import NBSP

FORMAT: Final = "o2s-accounts"
VERSION: Final = 1
#: Largest absolute amount or quantity that can be kept.
SCALE: Final = Decimal("1e-8")
LIMIT: Final = Decimal(92_000_000_000)
DEPTH: Final = 20
KINDS_OF_CODE: Final = ("isin", "cusip", "sedol", "wkn", "ticker", "conid", "partner", "label")
#: Key in the file -> column, for the amounts of a line and of a movement.
LINE_AMOUNTS: Final = ("quantity", "unit_cost", "price", "price_factor", "accrued", "value")
MOVEMENT_AMOUNTS: Final = ("quantity", "price", "gross", "fees", "taxes", "net", "fx_rate")

Cells = Mapping[str, Any]


def read_native(data: bytes, file_name: str) -> Statement | Refusal:  # noqa: ARG001
    """Return what a document of the product says, or why it is refused.

    A field that cannot be read leaves its row out, with an anomaly; an unknown
    key is ignored; numbers may be written as numbers or as text.
    """
    try:
        document = json.loads(data.decode("utf-8-sig"), parse_float=Decimal, parse_int=Decimal)
    except (UnicodeDecodeError, ValueError, RecursionError):
        return _refused("F07", "Ce JSON est coupé ou abîmé : téléchargez-le à nouveau.")
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        return _refused("F04", f"Ce JSON n'est pas du format «{NBSP}{FORMAT}{NBSP}».")
    if document.get("version") != VERSION:
        return _refused("F04", "Version de format inconnue : mettez le logiciel à jour.")
    if not isinstance(document.get("accounts"), list) or not document["accounts"]:
        return _refused("F01", "Le fichier ne contient aucun compte.")
    return _Reading().document(document)


def _refused(code: str, message: str) -> Refusal:
    return Refusal("native", code, message)


@dataclass(slots=True)
class _Reading:
    """The rows found so far; one method per level of the document."""

    accounts: list[dict[str, Any]] = field(default_factory=list)
    situations: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    movements: list[dict[str, Any]] = field(default_factory=list)
    holders: list[dict[str, Any]] = field(default_factory=list)
    partners: list[dict[str, Any]] = field(default_factory=list)
    brokers: list[dict[str, Any]] = field(default_factory=list)
    raw: list[dict[str, Any]] = field(default_factory=list)
    anomalies: list[dict[str, Any]] = field(default_factory=list)
    rows: int = 0
    errors: int = 0
    external_id: str = ""

    def document(self, document: Cells) -> Statement:
        for n, account in enumerate(document["accounts"]):
            self._safely(f"/accounts/{n}", account, self._account)
        return Statement(
            format="native",
            accounts=pl.DataFrame(self.accounts, ACCOUNTS),
            situations=pl.DataFrame(self.situations, SITUATIONS),
            lines=pl.DataFrame(self.lines, LINES),
            movements=pl.DataFrame(self.movements, MOVEMENTS),
            holders=pl.DataFrame(self.holders, HOLDERS),
            partners=pl.DataFrame(self.partners, PARTNERS),
            brokers=pl.DataFrame(self.brokers, BROKERS),
            raw=pl.DataFrame(self.raw, RAW),
            anomalies=pl.DataFrame(self.anomalies, ANOMALIES),
            rows=self.rows,
            mapped=self.rows - self.errors,
            errors=self.errors,
            completeness=_completeness(document),
            window=_window(document),
            stable_refs=document.get("stable_references") is True,
        )

    def _safely(self, locator: str, cells: Any, read: Callable[[str, Cells], None]) -> None:  # noqa: ANN401
        """Read one part; a field that is wrong becomes an anomaly and the part is left out."""
        self.rows += 1
        try:
            _require_object(cells)
            self.raw.append({"locator": locator, "cells": _verbatim(cells)})
            read(locator, cells)
        except _WrongFieldError as wrong:
            self.errors += 1
            self._wrong(locator, wrong)

    def _note_rounding(self, locator: str, cells: Cells, keys: Sequence[str]) -> None:
        for key in keys:
            if _is_rounded(cells, key):
                message = "plus de huit décimales : la valeur est arrondie à la huitième."
                self._wrong(locator, _WrongFieldError(key, cells[key], message, "A-PRECISION"))

    def _wrong(self, locator: str, wrong: "_WrongFieldError") -> None:
        self.anomalies.append(
            {
                "external_id": self.external_id,
                "code": wrong.code,
                "severity": "warning" if wrong.code == "A-PRECISION" else "error",
                "locator": locator,
                "field": wrong.field,
                "raw": wrong.raw,
                "message": f"{wrong.field or 'Élément'} : {wrong.message}",
            }
        )

    def _account(self, locator: str, cells: Cells) -> None:
        self.external_id = ""
        number = _text(cells, "number", required=True) or ""
        self.external_id = number
        holders = list(_parts(cells, "holders"))
        self.accounts.append(
            {
                "external_id": number,
                "label": _text(cells, "label"),
                "holder": "; ".join(filter(None, (_display(h) for h in holders))),
                "envelope": _text(cells, "envelope"),
                "currency": _text(cells, "currency"),
                "opened_on": _day(cells, "opened_on"),
                "locator": locator,
            }
        )
        self.holders += [_holder(number, cells) for cells in holders]
        self._partner(number, cells.get("partner"))
        if code := _text(cells, "broker_code"):
            self.brokers.append({"external_id": number, "code": code})
        for n, situation in enumerate(_items(cells, "situations")):
            self._safely(f"{locator}/situations/{n}", situation, self._situation)
        for n, movement in enumerate(_items(cells, "movements")):
            self._safely(f"{locator}/movements/{n}", movement, self._movement)

    def _partner(self, number: str, partner: Any) -> None:  # noqa: ANN401
        if isinstance(partner, dict) and _text(partner, "code"):
            code = _text(partner, "code")
            name = _text(partner, "name") or code
            self.partners.append({"external_id": number, "code": code, "name": name})

    def _situation(self, locator: str, cells: Cells) -> None:
        as_of = _day(cells, "as_of", required=True)
        self.situations.append(
            {
                "external_id": self.external_id,
                "as_of": as_of,
                "currency": _text(cells, "currency") or "EUR",
                "total": _amount(cells, "total"),
                "locator": locator,
            }
        )
        self._note_rounding(locator, cells, ("total",))
        for n, line in enumerate(_items(cells, "lines")):
            where = f"{locator}/lines/{n}"
            self._safely(where, line, lambda at, c: self._line(at, c, as_of))

    def _line(self, locator: str, cells: Cells, as_of: date | None) -> None:
        line = {
            "external_id": self.external_id,
            "as_of": as_of,
            "locator": locator,
            **_identity(cells),
            "kind": _text(cells, "kind"),
            "price_on": _day(cells, "price_on"),
            "currency": _text(cells, "currency") or "EUR",
            **{name: _amount(cells, name) for name in LINE_AMOUNTS},
        }
        self.lines.append(line)
        self._note_rounding(locator, cells, LINE_AMOUNTS)

    def _movement(self, locator: str, cells: Cells) -> None:
        kind = _text(cells, "kind", required=True)
        if kind not in MOVEMENT_KINDS:
            raise _WrongFieldError("kind", kind, "type d'opération inconnu.", "L02")
        self.movements.append(
            {
                "external_id": self.external_id,
                "locator": locator,
                "partner_ref": _text(cells, "reference"),
                "trade_on": _day(cells, "trade_on", required=True),
                "value_on": _day(cells, "value_on"),
                "kind": kind,
                **_identity(cells),
                "currency": _text(cells, "currency") or "EUR",
                **{name: _amount(cells, name) for name in MOVEMENT_AMOUNTS},
            }
        )
        self._note_rounding(locator, cells, MOVEMENT_AMOUNTS)


class _WrongFieldError(Exception):
    """A field that cannot be read: which, what it holds, why."""

    def __init__(self, field: str, raw: object, message: str, code: str = "L01") -> None:
        super().__init__(message)
        self.field, self.message, self.code = field, message, code
        self.raw = "" if raw is None else str(raw)[:200]


def _require_object(cells: Any) -> None:  # noqa: ANN401
    if not isinstance(cells, dict):
        raise _WrongFieldError("", cells, "n'est pas un objet.")


def _items(cells: Cells, key: str) -> Sequence[Any]:
    found = cells.get(key) or []
    if not isinstance(found, list):
        raise _WrongFieldError(key, found, "doit être une liste.")
    return found


def _parts(cells: Cells, key: str) -> Iterator[Cells]:
    return (part for part in _items(cells, key) if isinstance(part, dict))


def _text(cells: Cells, key: str, *, required: bool = False) -> str | None:
    value = cells.get(key)
    if isinstance(value, dict | list | bool):
        raise _WrongFieldError(key, value, "doit être un texte.")
    text = "" if value is None else str(value).strip()
    if required and not text:
        raise _WrongFieldError(key, value, "ce champ est obligatoire.")
    return text or None


def _day(cells: Cells, key: str, *, required: bool = False) -> date | None:
    text = _text(cells, key, required=required)
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        raise _WrongFieldError(key, text, "date illisible, attendue AAAA-MM-JJ.") from None


def _amount(cells: Cells, key: str) -> Decimal | None:
    """Return a number of eight decimals; see `_is_rounded` for what is lost."""
    value = cells.get(key)
    if value is None or value == "":
        return None
    if not isinstance(value, Decimal | str):
        raise _WrongFieldError(key, value, "nombre illisible.")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise _WrongFieldError(key, value, "nombre illisible, attendu 1234.56.") from None
    if not number.is_finite() or abs(number) > LIMIT:
        raise _WrongFieldError(key, value, "nombre hors limites.")
    return number.quantize(SCALE, ROUND_HALF_UP)


def _is_rounded(cells: Cells, key: str) -> bool:
    """Return whether a number, already read, had more digits than are kept."""
    value = cells.get(key)
    if value is None or value == "":
        return False
    return Decimal(value) != Decimal(value).quantize(SCALE, ROUND_HALF_UP)


def _identity(cells: Cells) -> dict[str, Any]:
    isin = _text(cells, "isin")
    code = isin or _text(cells, "code")
    kind = "isin" if isin else _text(cells, "code_type") or ("partner" if code else None)
    if kind is not None and kind not in KINDS_OF_CODE:
        raise _WrongFieldError("code_type", kind, "nature de code inconnue.")
    compact = re.sub(r"\s", "", code).upper() if isin and code else code
    return {"code": compact, "code_type": kind, "label": _text(cells, "label")}


def _holder(number: str, cells: Cells) -> dict[str, Any]:
    return {
        "external_id": number,
        "last_name": _text(cells, "last_name"),
        "first_name": _text(cells, "first_name"),
        "legal_name": _text(cells, "legal_name"),
        "birth_date": _day(cells, "birth_date"),
        "role": _text(cells, "role"),
        "share": _amount(cells, "share"),
    }


def _display(cells: Cells) -> str:
    legal = _text(cells, "legal_name")
    names = (_text(cells, "last_name"), _text(cells, "first_name"))
    return legal or " ".join(filter(None, names))


def _completeness(document: Cells) -> str:
    asked = document.get("completeness")
    return asked if asked in {"full_snapshot", "full_window", "delta"} else "delta"


def _window(document: Cells) -> tuple[date, date] | None:
    window = document.get("window")
    if not isinstance(window, dict):
        return None
    try:
        start, end = _day(window, "from"), _day(window, "to")
    except _WrongFieldError:
        return None
    return (start, end) if start and end and start <= end else None


def _verbatim(cells: Cells) -> str:
    """Return the fields of one object as they are written, without what it contains."""
    own = {key: value for key, value in cells.items() if not isinstance(value, list)}
    return orjson.dumps(own, default=str).decode()


def dump(statement: Statement) -> bytes:
    """Return a statement as a document that `read_native` reads back to the same facts."""
    return orjson.dumps(
        {
            "format": FORMAT,
            "version": VERSION,
            "completeness": statement.completeness,
            "window": _written_window(statement),
            "stable_references": statement.stable_refs,
            "accounts": [_written(statement, row) for row in statement.accounts.to_dicts()],
        },
        default=_plain,
        option=orjson.OPT_INDENT_2,
    )


def _written_window(statement: Statement) -> dict[str, date] | None:
    return {"from": statement.window[0], "to": statement.window[1]} if statement.window else None


def _written(statement: Statement, account: dict[str, Any]) -> dict[str, Any]:
    mine = pl.col("external_id") == account["external_id"]
    partner = statement.partners.filter(mine).to_dicts()
    broker = statement.brokers.filter(mine)["code"].to_list()
    situations = statement.situations.filter(mine).to_dicts()
    lines = statement.lines.filter(mine)
    return _filled(
        {
            "number": account["external_id"],
            "partner": {"code": partner[0]["code"], "name": partner[0]["name"]}
            if partner
            else None,
            **{k: account[k] for k in ("label", "envelope", "currency", "opened_on")},
            "broker_code": broker[0] if broker else None,
            "holders": [
                _filled({k: v for k, v in h.items() if k != "external_id"})
                for h in statement.holders.filter(mine).to_dicts()
            ],
            "situations": [_written_situation(s, lines) for s in situations],
            "movements": [
                _written_movement(m) for m in statement.movements.filter(mine).to_dicts()
            ],
        }
    )


def _written_situation(situation: dict[str, Any], lines: pl.DataFrame) -> dict[str, Any]:
    mine = lines.filter(pl.col("as_of") == situation["as_of"]).to_dicts()
    head = {k: situation[k] for k in ("as_of", "currency", "total")}
    kept = ("label", "kind", *LINE_AMOUNTS, "price_on", "currency")
    return _filled(
        head | {"lines": [_filled(_coded(line) | {k: line[k] for k in kept}) for line in mine]}
    )


def _written_movement(row: dict[str, Any]) -> dict[str, Any]:
    kept = ("trade_on", "value_on", "kind", "label", *MOVEMENT_AMOUNTS, "currency")
    return _filled({"reference": row["partner_ref"]} | _coded(row) | {k: row[k] for k in kept})


def _coded(row: dict[str, Any]) -> dict[str, Any]:
    if row["code_type"] == "isin":
        return {"isin": row["code"]}
    return {"code": row["code"], "code_type": row["code_type"]}


def _filled(cells: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in cells.items() if value not in (None, "", [])}


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    raise TypeError(type(value).__name__)
