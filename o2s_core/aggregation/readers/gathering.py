"""The rows found in a marked-up file, put together: exact numbers, real days, every fault told."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, Literal, overload

import orjson
import polars as pl

from o2s_core.aggregation.statement import (
    ACCOUNTS,
    ANOMALIES,
    LINES,
    MOVEMENTS,
    NUMBERS,
    RAW,
    SITUATIONS,
    Statement,
)
from o2s_core.kernel.french import NBSP

Cells = Mapping[str, str]
#: Largest absolute amount or quantity that can be kept.
LIMIT: Final = Decimal(92_000_000_000)
SCALE: Final = Decimal("1e-8")
#: A number as a machine writes it, or with a decimal comma.
NUMBER: Final = re.compile(r"[-+]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][-+]?\d+)?", re.ASCII)
#: A day, maybe with its hour: a digit too many is no day.
DAY: Final = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?=\D|$|(?<=\d{8})\d{4}(?:\d\d)?(?!\d))", re.ASCII)


class WrongFieldError(Exception):
    """A field that cannot be read: its row is left out, and the reason is told."""

    def __init__(self, name: str, raw: str, message: str, code: str = "L01") -> None:
        super().__init__(message)
        self.name, self.raw, self.message, self.code = name, raw[:200], message, code


@dataclass(slots=True)
class Gathering:
    """What was read so far; `locator` and `external_id` say of which row and account."""

    form: str
    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    situations: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    movements: list[dict[str, Any]] = field(default_factory=list)
    numbers: list[dict[str, Any]] = field(default_factory=list)
    raw: list[dict[str, str]] = field(default_factory=list)
    anomalies: list[dict[str, str]] = field(default_factory=list)
    days: list[date] = field(default_factory=list)  #: first and last days that the file covers
    rows: int = 0
    ignored: int = 0
    errors: int = 0
    external_id: str = ""
    locator: str = ""

    def row(self, locator: str, cells: Cells, read: Callable[[Cells], bool | None]) -> None:
        """Read one row; a field that is wrong leaves the row out and is told.

        `read` returns False for a row that says nothing to keep.
        """
        self.rows += 1
        self.locator = locator
        self.raw.append({"locator": locator, "cells": orjson.dumps(dict(cells)).decode()})
        try:
            if read(cells) is False:
                self.ignored += 1
        except WrongFieldError as wrong:
            self.errors += 1
            self.tell(wrong.code, "error", wrong.name, wrong.raw, wrong.message)

    def tell(self, code: str, severity: str, name: str, raw: str, message: str) -> None:
        """Keep an anomaly of the row being read."""
        self.anomalies.append(
            {
                "external_id": self.external_id,
                "code": code,
                "severity": severity,
                "locator": self.locator,
                "field": name,
                "raw": raw[:200],
                "message": f"{name} : {message}" if name else message,
            }
        )

    def number(self, cells: Cells, name: str) -> Decimal | None:
        """Return an exact number of eight decimals, None where the file says nothing.

        A comma is a decimal comma. More decimals are rounded, and told.
        """
        text = cells.get(name, "").strip()
        if not text:
            return None
        if not NUMBER.fullmatch(text):
            raise WrongFieldError(name, text, f"nombre illisible {quoted(text)}.")
        value = Decimal(text.replace(",", "."))
        if abs(value) > LIMIT:
            raise WrongFieldError(name, text, f"nombre hors limites {quoted(text)}.")
        exact = value.quantize(SCALE, ROUND_HALF_UP)
        if exact != value:
            message = (
                f"{quoted(text)} a plus de huit décimales : la valeur est arrondie à la huitième, "
                "le texte exact reste dans la ligne d'origine."
            )
            self.tell("A-PRECISION", "warning", name, text, message)
        return exact

    def statement(self, *, completeness: str = "delta") -> Statement:
        """Return all that was gathered as one statement."""
        return Statement(
            format=self.form,
            accounts=pl.DataFrame(list(self.accounts.values()), ACCOUNTS),
            situations=pl.DataFrame(self.situations, SITUATIONS),
            lines=pl.DataFrame(self.lines, LINES),
            movements=pl.DataFrame(self._referenced(), MOVEMENTS),
            numbers=pl.DataFrame(self.numbers, NUMBERS),
            raw=pl.DataFrame(self.raw, RAW),
            anomalies=pl.DataFrame(self.anomalies, ANOMALIES),
            rows=self.rows,
            mapped=self.rows - self.ignored - self.errors,
            ignored=self.ignored,
            errors=self.errors,
            completeness=completeness,
            window=(min(self.days), max(self.days)) if self.days else None,
            stable_refs=True,
        )

    def _referenced(self) -> list[dict[str, Any]]:
        """Return the movements; a reference used twice in an account identifies nothing."""
        seen: dict[tuple[str, str], int] = {}
        for row in self.movements:
            key = (row["external_id"], row["partner_ref"] or "")
            seen[key] = seen.get(key, 0) + 1
        for row in self.movements:
            if seen[row["external_id"], row["partner_ref"] or ""] > 1:
                row["partner_ref"] = None
        return self.movements


@overload
def day(cells: Cells, name: str, *, required: Literal[True]) -> date: ...
@overload
def day(cells: Cells, name: str, *, required: bool = False) -> date | None: ...
def day(cells: Cells, name: str, *, required: bool = False) -> date | None:
    """Return the day that a field names, as the partner's own clock says; its hour is left out."""
    text = cells.get(name, "").strip()
    if not text and not required:
        return None
    found = DAY.match(text)
    try:
        return (
            date(*(int(part) for part in found.groups() if part)) if found else _no_day(name, text)
        )
    except ValueError:
        return _no_day(name, text)


def _no_day(name: str, text: str) -> date:
    said = f"date illisible {quoted(text)}." if text else "date absente."
    raise WrongFieldError(name, text, f"{said} Demandez un nouvel export au partenaire.")


def quoted(text: str) -> str:
    """Return what a file says between French quotation marks."""
    return f"«{NBSP}{text}{NBSP}»"


def plus(*amounts: Decimal | None) -> Decimal | None:
    """Return the sum of the amounts that are known, None when none is."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None
