"""What were the investments of a Powens answer worth before? (historique des cours)."""

from functools import partial
from typing import Any

from o2s_core.aggregation.readers.gathering import Cells, WrongFieldError, day
from o2s_core.aggregation.readers.json_document import json_cells
from o2s_core.aggregation.readers.powens.accounts import Answer, Held
from o2s_core.aggregation.readers.powens.holdings import LIQUIDITY, identity


def read_values(answer: Answer, listed: list[tuple[str, Any]]) -> list[dict[str, Any]]:
    """Return the past prices of the investments that the answer lists (rows of `PRICES`).

    A price has no code of its own: one of an investment that is not listed is left
    out, and told. They are net asset values, in the currency of the account.
    """
    known = {
        cells["id"]: (held, cells)
        for held in answer.held.values()
        for _, cells in held.lines
        if "id" in cells
    }
    prices: list[dict[str, Any]] = []
    for where, node in listed:
        cells = json_cells(node)
        held, line = known.get(cells.get("id_investment", ""), (None, {}))
        answer.found.external_id = held.external_id if held else ""
        answer.found.row(where, cells, partial(_value, answer, prices, where, held, line))
    return prices


def _value(
    answer: Answer,
    prices: list[dict[str, Any]],
    where: str,
    held: Held | None,
    line: Cells,
    cells: Cells,
) -> bool:
    if "deleted" in cells or line.get("code") == LIQUIDITY:
        return False
    named = identity(line)
    if held is None or not named["code"]:
        raise WrongFieldError(
            "id_investment", cells.get("id_investment", ""),
            "ce cours est celui d'un investissement que le fichier ne liste pas, ou sans code : "
            "il est écarté.",
        )  # fmt: skip
    value = answer.found.number(cells, "unitvalue" if "unitvalue" in cells else "value")
    if value is None:
        raise WrongFieldError("unitvalue", "", "cours absent.")
    on = day(cells, "vdate", required=True)
    prices.append(
        {"locator": where, **named, "day": on, "value": value, "currency": held.currency,
         "kind": "nav"}
    )  # fmt: skip
    return True
