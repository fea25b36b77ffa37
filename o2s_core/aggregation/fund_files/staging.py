"""What will become of each support of a file? Found or to create, sound or stopped."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import polars as pl
from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.aggregation.feed.catalogue import FeedSpec
from o2s_core.aggregation.models import Delivery, DeliveryFund
from o2s_core.aggregation.statement import ANOMALIES, Statement
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.french import NBSP
from o2s_core.kernel.identifiers import is_isin
from o2s_core.market import matching
from o2s_core.market.currencies import is_currency
from o2s_core.market.models import Instrument

#: Codes asked to the database at once.
BATCH: Final = 500
UNKNOWN_CODE: Final = (
    "ce code n'est pas un ISIN et n'est celui d'aucun support : ajoutez-le aux autres codes du "
    "support, puis relisez le fichier."
)
FUTURE: Final = "les données sont datées du futur : vérifiez la date avec la société de gestion."
NO_CURRENCY: Final = "devise inconnue : la valeur de la part n'est pas prise comme cours."


def stage_funds(
    tx: store.Tx, delivery: Delivery, statement: Statement, feed: FeedSpec
) -> pl.DataFrame:
    """Write what is to become of each support of a file, and return the anomalies found.

    A valid ISIN is known, or makes a provisional support when it is committed. A
    wrong one, or another code, is known by the decisions of the firm only; else
    the support is stopped, and the others go on.
    """
    if statement.funds.is_empty():
        return ANOMALIES.to_frame()
    known = known_funds(tx.ctx, statement, feed.provider_id or 0)
    currencies = _currencies(tx.session, tx.ctx, set(known.values()))
    found = [
        anomaly
        for row in statement.funds.iter_rows(named=True)
        for anomaly in _checked(tx.ctx, feed, row, known, currencies)
    ]
    stop = _stopped(statement, known) | {
        a["external_id"] for a in found if a["severity"] == "error"
    }
    if not feed.auto_commit:
        stop |= set(statement.funds["fund"])
    store.insert_rows(tx, DeliveryFund, _rows(delivery, statement, known, stop))
    return pl.DataFrame(found, ANOMALIES)


def known_funds(ctx: Context, statement: Statement, provider_id: int) -> dict[str, int]:
    """Return the supports that the codes of a file mean, by code."""
    named = dict(statement.funds.select("fund", "code_type").rows())
    isins = [code for code, kind in named.items() if kind == "isin" and is_isin(code)]
    others = [(kind, code) for code, kind in named.items() if code not in set(isins)]
    by_alias = matching.instruments_by_alias(ctx, provider_id, others)
    decided = {code: id_ for (_, code), id_ in by_alias.items()}
    return matching.instruments_by_isin(ctx, isins) | decided


def _currencies(session: Session, ctx: Context, ids: set[int]) -> dict[int, str]:
    listed = sorted(ids)
    found: dict[int, str] = {}
    for start in range(0, len(listed), BATCH):
        query = select(Instrument.id, Instrument.currency).where(
            Instrument.firm_id == ctx.firm_id, col(Instrument.id).in_(listed[start : start + BATCH])
        )
        found |= {id_ or 0: currency for id_, currency in session.exec(query)}
    return found


def _checked(
    ctx: Context,
    feed: FeedSpec,
    row: Mapping[str, Any],
    known: Mapping[str, int],
    currencies: Mapping[int, str],
) -> list[dict[str, str]]:
    """Return what is amiss with one support, beyond what its row says by itself."""
    found = []
    mine = currencies.get(known.get(row["fund"], 0), "")
    if row["fund"] not in known and row["code_type"] != "isin":
        found.append(_about(row, "A-CODE", "error", UNKNOWN_CODE))
    if row["as_of"] > ctx.today + timedelta(days=1):
        found.append(_about(row, "L09", "error", f"{french.day(row['as_of'])} : {FUTURE}"))
    if row["currency"] and not is_currency(row["currency"]):
        found.append(_about(row, "L05", "warning", f"{row['currency']} : {NO_CURRENCY}"))
    elif mine and row["currency"] and mine != row["currency"]:
        said = (
            f"le fichier dit {row['currency']}, le support est en {mine} : vérifiez de quelle part "
            "il s'agit."
        )
        found.append(_about(row, "A-DEVISE", "warning", said))
    if not feed.auto_commit:
        said = (
            f"Le flux «{NBSP}{feed.label}{NBSP}» demande une validation : relisez, puis acceptez."
        )
        found.append(_about(row, "A-VALIDER", "warning", said))
    return found


def _about(row: Mapping[str, Any], code: str, severity: str, message: str) -> dict[str, str]:
    return {
        "external_id": row["fund"],
        "code": code,
        "severity": severity,
        "locator": row["locator"],
        "field": "",
        "raw": row["fund"],
        "message": message,
    }


def _stopped(statement: Statement, known: Mapping[str, int]) -> set[str]:
    """Return the supports that an error of their own stops; a code that was decided does not."""
    errors = statement.anomalies.filter(pl.col("severity") == "error")
    rows = errors.select("external_id", "code").rows()
    return {fund for fund, code in rows if code != "L04" or fund not in known}


def _rows(
    delivery: Delivery, statement: Statement, known: Mapping[str, int], stop: set[str]
) -> list[dict[str, Any]]:
    facts = dict(statement.fund_facts["fund"].value_counts().rows())
    lines = dict(statement.fund_lines["fund"].value_counts().rows())
    return [
        {
            "delivery_id": delivery.id,
            "fund": row["fund"],
            "label": row["label"],
            "template": row["template"],
            "as_of": row["as_of"],
            "locator": row["locator"],
            "instrument_id": known.get(row["fund"]),
            "state": "quarantined" if row["fund"] in stop else "staged",
            "facts": facts.get(row["fund"], 0),
            "lines": lines.get(row["fund"], 0),
            "reason": "",
        }
        for row in statement.funds.iter_rows(named=True)
    ]
