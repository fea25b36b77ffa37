"""Prices and exchange rates, from the command line."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from o2s_core import market
from o2s_core.cli.asking import ask, tell
from o2s_core.market import Loaded

price_app = typer.Typer(no_args_is_help=True)
rate_app = typer.Typer(no_args_is_help=True)
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Fichier CSV, UTF-8.")]
#: Refused rows named on screen; the others are counted.
NAMED = 20


@price_app.command("load")
def load_prices(file: File) -> None:
    """Charge des cours : isin,day,value[,currency]."""
    _report(market.load_prices(ask(), file.read_bytes()), "Cours")


@rate_app.command("load")
def load_rates(file: File) -> None:
    """Charge des taux de change : currency,day,units_per_euro."""
    _report(market.load_rates(ask(), file.read_bytes()), "Taux")


@price_app.command("compact")
def compact_prices() -> None:
    """Range les cours en attente dans l'historique publié ; aucun chiffre ne change."""
    tell(f"Cours rangés : {market.compact_prices(ask())}.")


def _report(loaded: Loaded, what: str) -> None:
    """Say what was stored and what was refused; exit 1 in part, 2 when nothing was stored."""
    for reasons in (loaded.jumps, loaded.refused):
        for reason in reasons[:NAMED]:
            tell(reason)
        if len(reasons) > NAMED:
            tell(f"… et {len(reasons) - NAMED} de plus.")
    tell(f"{what} enregistrés : {loaded.stored}. Lignes refusées : {len(loaded.refused)}.")
    if loaded.refused:
        sys.exit(1 if loaded.stored else 2)
