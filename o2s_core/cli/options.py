"""The options that several commands take, said once."""

from datetime import datetime
from typing import Annotated

import typer

FileCode = Annotated[str, typer.Option("--contact", help="Code du dossier.")]
Household = Annotated[bool, typer.Option("--household", help="Tout le foyer.")]
AsLogin = Annotated[str | None, typer.Option("--as", help="Voir comme cet utilisateur.")]
AsJson = Annotated[bool, typer.Option("--json", help="Un document JSON sur la sortie.")]
From = Annotated[
    datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Depuis ce jour.")
]
To = Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Jusqu'à ce jour.")]
