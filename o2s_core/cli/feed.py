"""`o2s feed`: partners' files from the command line."""

from pathlib import Path
from typing import Annotated

import typer

from o2s_core import aggregation
from o2s_core.cli.asking import answer, ask, tell
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import O2SError

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
As = Annotated[str | None, typer.Option("--as", help="Utilisateur dont on prend le périmètre.")]
Json = Annotated[bool, typer.Option("--json", help="Un document JSON sur la sortie.")]


@app.command("list", help="Liste les flux : code, format, partenaire.")
def listed(as_login: As = None, as_json: Json = False) -> None:
    """List the feeds: code, format, partner."""
    rows = aggregation.feeds(ask(as_login)).select("code", "format", "partner", "label").to_dicts()
    if as_json:
        answer(rows)
        return
    for row in rows:
        typer.echo(f"{row['code']}\t{row['format']}\t{row['partner']}")


@app.command("receive", help="Reçoit des fichiers de partenaires ; format reconnu sans --feed.")
def receive(
    files: Annotated[list[Path], typer.Argument(help="Fichiers à recevoir.")],
    feed: Annotated[str | None, typer.Option(help="Code du flux.")] = None,
    contact: Annotated[str | None, typer.Option(help="Dossier du titulaire.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="N'enregistre rien.")] = False,
    as_login: As = None,
    as_json: Json = False,
) -> None:
    """Receive partner files and print what each became."""
    ctx = ask(as_login)
    reports = []
    for path in files:
        reports += _received(ctx, path, feed, contact, dry_run=dry_run)
    if as_json:
        answer({"deliveries": [report.as_json() for report in reports]})
    for report in reports:
        label = aggregation.DELIVERY_STATES[report.state]
        tell(f"{report.file} : {label}. {report.message}".strip())
    raise typer.Exit(_code([report.outcome for report in reports]))


def _received(
    ctx: Context, path: Path, feed: str | None, contact: str | None, *, dry_run: bool
) -> list[aggregation.DeliveryReport]:
    """Receive one path; one that cannot be opened is a refused file like another."""
    if not path.is_file():
        raise typer.BadParameter(f"fichier introuvable : {path}")
    try:
        return list(
            aggregation.receive_files(ctx, path, feed=feed, contact=contact, dry_run=dry_run)
        )
    except OSError as error:
        raise O2SError(f"{path.name} : lecture impossible ({error.strerror}).") from error


@app.command("replay", help="Refait tout depuis l'archive des fichiers ; donne une empreinte.")
def replay(
    mapping: Annotated[
        str, typer.Option(help="Correspondance : original (celle d'alors) ou newest.")
    ] = "original",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Compare sans rien changer.")] = False,
    as_login: As = None,
    as_json: Json = False,
) -> None:
    """Make again from the archive all that files brought; print a hash over natural keys."""
    done = aggregation.replay(ask(as_login), mapping=mapping, dry_run=dry_run)
    if as_json:
        changes = done.changes.select("account", "change").to_dicts()
        refused = [{"file": file, "message": message} for file, message in done.refused]
        answer(
            {
                "hash": done.hash,
                "before": done.before,
                "identical": done.identical,
                "deliveries": done.deliveries,
                "changes": changes,
                "refused": refused,
            }
        )
    else:
        typer.echo(done.hash)
    _tell_replay(done, dry_run=dry_run)
    raise typer.Exit(1 if done.refused else 0)


def _tell_replay(done: aggregation.Replayed, *, dry_run: bool) -> None:
    tell(f"{done.deliveries} livraisons {'relues' if dry_run else 'rejouées'}.")
    for file, message in done.refused:
        tell(f"{file} : gardé tel qu'il avait été lu. {message}")
    if done.identical:
        tell("Rien ne change : l'archive redonne exactement ce qui était enregistré.")
    verb = "changerait" if dry_run else "change"
    for row in done.changes.iter_rows(named=True):
        tell(f"Le compte {row['account']} {verb}.")


def _code(outcomes: list[int]) -> int:
    """Return 0 when all is done, 2 when everything is refused, 1 between the two."""
    if all(outcome == 2 for outcome in outcomes):
        return 2
    return 1 if any(outcomes) else 0
