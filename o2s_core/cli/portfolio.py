"""What a client holds and what happened, on the command line: `o2s holdings`, `o2s movements`."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final

import polars as pl
import typer

from o2s_core import contacts, portfolio
from o2s_core.cli.asking import answer, ask
from o2s_core.cli.options import AsJson, AsLogin, FileCode, From, Household, To
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import DataError
from o2s_core.portfolio import Holdings, Performance

LINE: Final = ("isin", "label", "quantity", "kind", "price", "price_on", "currency")
MOVEMENT: Final = ("trade_on", "value_on", "kind", "isin", "label", "quantity", "price", "gross",
                   "fees", "taxes", "net", "currency")  # fmt: skip


def holdings(
    contact: FileCode,
    household: Household = False,
    on: Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"])] = None,
    as_login: AsLogin = None,
    as_json: AsJson = False,
) -> None:
    """Afficher les avoirs d'un client ou de son foyer, à une date."""
    ctx = ask(as_login)
    scope = contacts.scope(ctx, "household" if household else "contact", contact)
    held = portfolio.holdings(ctx, scope, on.date() if on else None)
    if as_json:
        answer(holdings_document(held))
    else:
        typer.echo(_sheet(held))


def movements(contact: FileCode, as_login: AsLogin = None, as_json: AsJson = False) -> None:
    """Afficher les mouvements des comptes d'un client."""
    ctx = ask(as_login)
    document = movements_document(ctx, contact)
    if as_json:
        answer(document)
        return
    for row in document:
        day = french.day(date.fromisoformat(row["trade_on"]))
        typer.echo(f"{day}  {row['account']}  {row['kind']}  {row['label'] or ''}  {row['net']}")


def performance(
    contact: FileCode,
    household: Household = False,
    start: From = None,
    end: To = None,
    benchmark: Annotated[
        str | None, typer.Option("--benchmark", help="ISIN de l'indice de référence.")
    ] = None,
    as_login: AsLogin = None,
    as_json: AsJson = False,
) -> None:
    """Afficher la performance d'un client ou de son foyer."""
    ctx = ask(as_login)
    scope = contacts.scope(ctx, "household" if household else "contact", contact)
    days = [day.date() if day else None for day in (start, end)]
    found = portfolio.performance(ctx, scope, *days, benchmark=benchmark)
    if found is None:
        raise DataError(f"Rien n'est connu des avoirs de {scope.name} sur cette période.")
    answer(performance_document(found)) if as_json else typer.echo(_performance_sheet(found))


def performance_document(found: Performance) -> dict[str, Any]:
    """Return what `o2s performance --json` prints."""
    points = found.series.select(pl.col("day").cast(pl.String), "index")
    return {
        "twr": found.twr,
        "mwr": found.mwr,
        "start": found.start.isoformat(),
        "end": found.end.isoformat(),
        "opening_eur": f"{found.opening_eur:.2f}",
        "closing_eur": f"{found.closing_eur:.2f}",
        "net_flows_eur": f"{found.net_flows_eur:.2f}",
        "gain_eur": f"{found.gain_eur:.2f}",
        "series": [list(row) for row in points.iter_rows()],
        "periods": dict(found.periods),
        "risk": dict(found.risk),
        "method": found.method,
        "coverage": {
            "since": found.coverage.since.isoformat(),
            "unknown_accounts": len(found.coverage.unknown_accounts),
            "flows_without_amount": found.coverage.without_amount,
            "flows_deduced": found.coverage.deduced,
            "flows_between_valuations": found.coverage.weighed,
        },
    }


def _performance_sheet(found: Performance) -> str:
    """Return a performance as a person at a terminal reads it."""
    period = f"{found.scope_name}, du {french.day(found.start)} au {french.day(found.end)}"
    return "\n".join(
        [
            period,
            f"Ouverture {french.eur(found.opening_eur)}, flux nets "
            f"{french.eur(found.net_flows_eur)}, gain {french.eur(found.gain_eur)}, "
            f"clôture {french.eur(found.closing_eur)}",
            f"TWR {french.percent(found.twr)}, MWR {french.percent(found.mwr)}",
        ]
    )


def holdings_document(held: Holdings) -> dict[str, Any]:
    """Return what `o2s holdings --json` prints."""
    return {
        "on": held.on.isoformat(),
        "total_eur": f"{held.total_eur:.2f}",
        "oldest_data_on": _plain(held.oldest_data_on),
        "newest_data_on": _plain(held.newest_data_on),
        "lines": [_line(row) for row in held.lines.iter_rows(named=True)],
        "excluded": held.excluded.select("isin", "label", "reason").to_dicts(),
    }


def movements_document(ctx: Context, file_code: str) -> list[dict[str, Any]]:
    """Return what `o2s movements --json` prints."""
    scope = contacts.scope(ctx, "contact", file_code)
    rows = portfolio.movements(ctx, scope)
    return [
        {"account": row["number"]}
        | {name: _plain(row[name]) for name in MOVEMENT}
        | {"origin": _origin(row)}
        for row in rows.iter_rows(named=True)
    ]


def _line(row: dict[str, Any]) -> dict[str, Any]:
    return (
        {"account": row["number"], "provider": row["provider_code"]}
        | {name: _plain(row[name]) for name in LINE}
        | {
            "value_eur": f"{row['value_eur']:.2f}",
            "weight": row["weight"],
            "asset_class": row["asset_class"],
            "origin": _origin(row),
        }
    )


def _origin(row: dict[str, Any]) -> dict[str, Any]:
    return {"delivery": row["delivery_id"], "locator": row["locator"] or None}


def _plain(value: Any) -> str | None:  # noqa: ANN401
    """Write a value as programs read it: no exponent, no useless zero."""
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return None if value is None else value.isoformat() if isinstance(value, date) else str(value)


def _sheet(held: Holdings) -> str:
    """Return the holdings as a person at a terminal reads them."""
    rows = [
        f"{row['account']:<28.28}  {row['label']:<36.36}  {french.eur(row['value_eur']):>16}"
        for row in held.lines.sort("account", maintain_order=True).iter_rows(named=True)
    ]
    left_out = [
        f"Non compté : {row['label']} ({row['reason']})"
        for row in held.excluded.unique(maintain_order=True).iter_rows(named=True)
    ]
    total = f"{held.scope_name}, au {french.day(held.on)} : {french.eur(held.total_eur)}"
    return "\n".join([*rows, total, *left_out])
