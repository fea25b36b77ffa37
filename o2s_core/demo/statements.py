"""What the invented partners would send: the contracts' lives as statements, one per partner."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from o2s_core.aggregation.statement import (
    ACCOUNTS,
    EXACT,
    LINES,
    MOVEMENTS,
    SITUATIONS,
    Statement,
)
from o2s_core.demo.clients import Life
from o2s_core.demo.partners import EURO_CODE, Partners


def statement(
    partners: Partners, lives: Iterable[Life], holders: dict[int, str], since: date, until: date
) -> Statement:
    """Return what a partner knows of its contracts between two days, both included."""
    known = list(lives)
    accounts = [_account(life, holders) for life in known]
    situations, lines, movements = [], [], []
    for life in known:
        for on, held in sorted(life.contract.situations.items()):
            if since <= on <= until:
                rows = [_line(life, on, line, n, partners) for n, line in enumerate(held, 1)]
                lines += rows
                situations.append(_situation(life, on, rows))
        seen = [m for m in life.contract.movements if since <= m["day"] <= until]
        movements += [_movement(life, m, n, partners) for n, m in enumerate(seen, 1)]
    return Statement(
        "native",
        accounts=_frame(accounts, ACCOUNTS),
        situations=_frame(situations, SITUATIONS),
        lines=_frame(lines, LINES),
        movements=_frame(movements, MOVEMENTS),
        rows=len(lines) + len(movements),
        mapped=len(lines) + len(movements),
        stable_refs=True,
    )


def _account(life: Life, holders: dict[int, str]) -> dict[str, Any]:
    contract = life.contract
    return {
        "external_id": contract.number,
        "label": contract.offer.label,
        "holder": holders.get(contract.holders[0][0], ""),
        "envelope": contract.offer.envelope,
        "currency": "EUR",
        "opened_on": contract.opened_on,
        "locator": contract.number,
    }


def _situation(life: Life, on: date, rows: list[dict[str, Any]]) -> dict[str, Any]:
    total = sum((row["value"] for row in rows), Decimal(0))
    number = life.contract.number
    facts = {"external_id": number, "as_of": on, "currency": "EUR", "total": total}
    return facts | {"locator": f"{number} {on:%Y-%m-%d}"}


def _line(life: Life, on: date, line: dict[str, Any], n: int, partners: Partners) -> dict[str, Any]:
    number = life.contract.number
    place = {"external_id": number, "as_of": on, "locator": f"{number} {on:%Y-%m-%d} {n}"}
    shared = place | {"price_factor": Decimal(1), "currency": "EUR"}
    if "cash" in line:
        return shared | _cash(line["cash"], on)
    facts = {key: value for key, value in line.items() if key != "rank"}
    return shared | facts | _support(partners, line["rank"])


def _cash(balance: Decimal, on: date) -> dict[str, Any]:
    support = {"label": "Espèces", "kind": "cash"}
    return support | {"quantity": balance, "value": balance, "price": Decimal(1), "price_on": on}


def _movement(life: Life, movement: dict[str, Any], n: int, partners: Partners) -> dict[str, Any]:
    number, day = life.contract.number, movement["day"]
    facts = {k: v for k, v in movement.items() if k not in {"rank", "day"}}
    rank = movement.get("rank")
    support = {} if rank is None else _support(partners, rank)
    support.pop("kind", None)
    ref = f"{number}-{day:%Y%m%d}-{n}"
    place = {"external_id": number, "locator": ref, "partner_ref": ref}
    return place | support | {"trade_on": day, "value_on": day, "currency": "EUR"} | facts


def _support(partners: Partners, rank: int) -> dict[str, Any]:
    """Return how a partner names a support: by ISIN, or a fonds euros by its own code."""
    isin, label = partners.isins[rank], partners.labels[rank]
    if isin:
        return {"code": isin, "code_type": "isin", "label": label}
    return {"code": EURO_CODE, "code_type": "partner", "label": label, "kind": "fonds_euros"}


def _frame(rows: list[dict[str, Any]], schema: pl.Schema) -> pl.DataFrame:
    """Return rows as a frame of the schema; what a row does not say is null."""
    complete = [{name: row.get(name) for name in schema} for row in rows]
    frame = pl.DataFrame(complete, schema=schema, infer_schema_length=None)
    return frame.with_columns(pl.col(n).cast(EXACT) for n, t in schema.items() if t == EXACT)
