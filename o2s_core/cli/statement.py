"""An account statement as a file, on the command line: `o2s statement`."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from o2s_core import contacts, reporting
from o2s_core.cli.asking import ask, tell
from o2s_core.cli.options import AsLogin, FileCode
from o2s_core.kernel import french


class Form(StrEnum):
    """What a statement may be written as."""

    PDF = "pdf"
    XLSX = "xlsx"


Day = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="Arrêté au.")]
Since = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help="Début ; par défaut, fin de l'an dernier."),
]


def statement(
    contact: FileCode,
    out: Annotated[Path, typer.Option("--out", help="Fichier à écrire.")],
    form: Annotated[Form, typer.Option("--format", help="pdf ou xlsx.")] = Form.PDF,
    household: Annotated[bool, typer.Option("--household", help="Tout le foyer.")] = False,
    on: Day = None,
    start: Since = None,
    as_login: AsLogin = None,
) -> None:
    """Écrire l'état de compte d'un client ou de son foyer, en PDF ou en Excel."""
    ctx = ask(as_login)
    scope = contacts.scope(ctx, "household" if household else "contact", contact)
    days = [day.date() if day else None for day in (start, on)]
    said = reporting.statement(ctx, scope, *days)
    made = reporting.pdf_of(said) if form == Form.PDF else reporting.xlsx_of(said)
    out.write_bytes(made)
    tell(f"{out} : {said.scope.name}, au {french.day(said.on)}, {french.eur(said.held.total_eur)}")
