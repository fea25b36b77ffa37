"""The demonstration firm, from the command line."""

from datetime import datetime
from typing import Annotated

import typer

from o2s_core.cli.asking import settings, tell


def demo(
    contacts: Annotated[int, typer.Option(help="Personnes et sociétés.")] = 120,
    seed: Annotated[int, typer.Option(help="Graine du tirage.")] = 7,
    on: Annotated[str | None, typer.Option(help="Jour (AAAA-MM-JJ) ; aujourd'hui sinon.")] = None,
) -> None:
    """Crée le cabinet de démonstration ; la même graine et le même jour font le même cabinet.

    Au-delà de 120 contacts, un réseau : 20 000 contacts font 60 000 comptes.
    """
    from o2s_core.demo import LOGINS, PASSWORD, build

    now, today = settings().clock()
    day = today if on is None else datetime.strptime(on, "%Y-%m-%d").date()  # noqa: DTZ007
    built = build(settings().place, now, day, contacts=contacts, seed=seed, tell=tell)
    if built.already:
        tell("Le cabinet de démonstration existe déjà.")
    else:
        tell(f"Cabinet de démonstration : {built.contacts} contacts, {built.accounts} comptes.")
    tell(f"Identifiants : {', '.join(LOGINS)} — mot de passe : {PASSWORD}")
