"""What keeps a store safe: backup, restore, check, audit chain."""

from pathlib import Path
from typing import Annotated

import typer

from o2s_core import portfolio, store
from o2s_core.cli.asking import answer, ask, settings, tell
from o2s_core.kernel.permissions import Permission

app = typer.Typer()
audit_app = typer.Typer(no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Répondre en JSON.")]


@app.command("backup")
def backup(file: Annotated[Path, typer.Argument(help="Fichier à écrire.")]) -> None:
    """Sauvegarde tout le cabinet dans un fichier chiffré."""
    ctx = ask()
    ctx.require(Permission.BACKUP_RUN)
    store.backup(ctx.place, file, _key())
    tell(f"Sauvegarde écrite : {file}.")


@app.command("restore")
def restore(file: Annotated[Path, typer.Argument(help="Sauvegarde à restaurer.")]) -> None:
    """Restaure une sauvegarde dans un dossier vide."""
    store.restore(settings().place, file, _key())
    tell(f"Cabinet restauré dans {settings().place.home}.")


def _key() -> str | None:
    """Return the backup's own key, or None to use the key file."""
    key = settings().backup_key
    return None if key is None else key.get_secret_value()


@app.command("check")
def check(as_json: Json = False) -> None:
    """Vérifie tout ce qui doit être vrai d'un cabinet."""
    findings = store.check(ask(), portfolio.INVARIANTS)
    if as_json:
        answer(findings.as_document())
    for finding in findings.found:
        tell(finding.message)
    if not findings.found:
        tell("Tout est en ordre.")
    raise typer.Exit(0 if findings.ok else 1)


@audit_app.command("verify")
def verify(as_json: Json = False) -> None:
    """Vérifie le chaînage du journal d'audit."""
    state = store.verify_audit(ask())
    document = {
        "ok": state.ok,
        "lines": state.lines,
        "broken_at": state.broken_at,
        "head": state.head,
    }
    if as_json:
        answer(document)
    tell("Journal intact." if state.ok else f"Journal rompu à la ligne {state.broken_at}.")
    raise typer.Exit(0 if state.ok else 2)
