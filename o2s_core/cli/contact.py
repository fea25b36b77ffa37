"""`o2s contact`: add a contact, list the contacts."""

from typing import Annotated, Any

import typer

from o2s_core import administration, contacts
from o2s_core.cli.asking import answer, ask, tell
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import NotFoundError

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
As = Annotated[str | None, typer.Option("--as", help="Utilisateur dont on prend le périmètre.")]
Json = Annotated[bool, typer.Option("--json", help="Un document JSON sur la sortie.")]


@app.command("add", help="Ajoute une personne ; le code de dossier est attribué.")
def add(
    last_name: Annotated[str, typer.Option(help="Nom.")],
    first_name: Annotated[str, typer.Option(help="Prénom.")],
    stage: Annotated[str, typer.Option(help="prospect, client, former, partner.")] = "prospect",
    adviser: Annotated[str | None, typer.Option(help="Identifiant du conseiller.")] = None,
    as_login: As = None,
    as_json: Json = False,
) -> None:
    """Add a person; the file code is given automatically."""
    ctx = ask(as_login)
    form = contacts.ContactForm(
        stage=stage,
        last_name=last_name,
        first_name=first_name,
        adviser_id=_adviser_id(ctx, adviser),
    )
    made = contacts.add_contact(ctx, form)
    if as_json:
        answer({"id": made.id, "file_code": made.file_code})
    tell(f"{made.name} : dossier {made.file_code}.")


@app.command("list", help="Liste les contacts du périmètre, hors archives.")
def listed(as_login: As = None, as_json: Json = False) -> None:
    """List the contacts of the perimeter, archived ones left out."""
    ctx = ask(as_login)
    rows = [_row(row) for row in contacts.contact_list(ctx).rows.to_dicts()]
    if as_json:
        answer(rows)
        return
    for row in rows:
        typer.echo(f"{row['file_code']}\t{row['name']}\t{row['stage']}\t{row['adviser']}")


def _adviser_id(ctx: Context, login: str | None) -> int | None:
    if login is None:
        return None
    known = {ref.login: ref.id for ref in administration.advisers(ctx)}
    if login not in known:
        raise NotFoundError("Conseiller", login)
    return known[login]


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "file_code": row["file_code"],
        "name": row["full_name"],
        "stage": row["stage"],
        "adviser": row["adviser"],
    }
