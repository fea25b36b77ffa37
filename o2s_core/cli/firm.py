"""Founding the firm, and its users, from the terminal."""

import sys
from typing import Annotated

import typer

from o2s_core import administration
from o2s_core.administration import UserForm
from o2s_core.cli.asking import answer, ask, settings, tell
from o2s_core.cli.updating import bring_up_to_date

app = typer.Typer()
user_app = typer.Typer(no_args_is_help=True)


@app.command(
    "init", help="Fonde le cabinet : base vide, clé de scellement, premier administrateur."
)
def init(
    name: Annotated[str, typer.Option(help="Raison sociale du cabinet.")] = "Mon cabinet",
    login: Annotated[str, typer.Option(help="Identifiant de l'administrateur.")] = "admin",
) -> None:
    """Found the firm; a second time, change nothing."""
    now, today = settings().clock()
    place = settings().place
    updated = bring_up_to_date(place, now)
    made = administration.init(place, now, today, firm_name=name, admin_login=login)
    if made.password is None:
        rest = "ses données sont gardées" if updated else "rien n'a été changé"
        tell(f"Le cabinet existe déjà dans {place.home} : {rest}.")
        return
    tell(f"Cabinet « {name} » créé dans {place.home}.")
    tell(f"Identifiant : {made.login}")
    tell(f"Mot de passe provisoire, à changer à la première connexion : {made.password}")
    tell(f"Gardez une copie de {place.key_path} hors de cette machine.")


@user_app.command(
    "add", help="Crée un utilisateur ; sans mot de passe donné, en tire un provisoire."
)
def add(
    login: Annotated[str, typer.Argument(help="Identifiant.")],
    profile: Annotated[str, typer.Option(help="Profil : conseiller, manager, assistant…")],
    last_name: Annotated[str, typer.Option(help="Nom ; à défaut, l'identifiant.")] = "",
    first_name: Annotated[str, typer.Option(help="Prénom.")] = "",
    scope: Annotated[str, typer.Option(help="Périmètre : none, own, team, agency, firm.")] = "",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Lit le mot de passe sur l'entrée standard.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Create a user, with the password given on standard input or a temporary one."""
    ctx = ask()
    form = UserForm(
        login=login,
        last_name=last_name or login,
        first_name=first_name,
        profile=profile,
        scope=scope or administration.profile(profile).scopes[0],
        is_adviser=profile in {"conseiller", "conseiller_junior"},
    )
    given = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    made = administration.add_user(ctx, form, password=given)
    if as_json:
        answer({"id": made.id, "login": made.login, "password": made.password})
        return
    tell(f"Utilisateur « {made.login} » créé.")
    if made.password is not None:
        tell(f"Mot de passe provisoire, à changer à la première connexion : {made.password}")


@user_app.command("list", help="Liste les utilisateurs du cabinet.")
def listed(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Print the users of the firm."""
    found = administration.users(ask())
    if as_json:
        answer(found.drop("profile_label", "scope_label", "state_label").to_dicts())
        return
    for row in found.iter_rows(named=True):
        state = "" if row["state"] == "active" else row["state_label"]
        typer.echo(f"{row['login']:<20} {row['name']:<28} {row['profile_label']:<24} {state}")
