"""The pages without script: sign-in step by step, sign-out, a spent link [Connexion]."""

import re
from functools import cache
from html import escape
from importlib.resources import files
from urllib.parse import quote

from o2s_core.administration import Enrolment, FrontDoor
from o2s_core.kernel.french import NBSP
from o2s_core.ui.web import headers

EMPTY = FrontDoor("", is_demo=False, demo_logins=())


@cache
def style() -> str:
    """Return the style sheet of these pages, light and dark, in the application's own letters."""
    font = headers.font()
    face = (
        f'@font-face {{ font-family: "Source Sans"; font-weight: 200 900; src: url("{font}"); }}\n'
    )
    sheet = files("o2s_core.ui.web").joinpath("sheets.css").read_text("utf-8")
    return (face if font else "") + sheet


@cache
def policy() -> str:
    """Return the content policy of these pages: no script at all."""
    return headers.form_policy(style())


def password(door: FrontDoor, *, wanted: str, login: str = "", problem: str = "") -> str:
    """Draw the first step: login and password."""
    focus_login = "" if login else " autofocus"
    focus_password = " autofocus" if login else ""
    form = f"""
<h1>Connexion</h1>
{_alert(problem)}
<form method="post" action="/login">
<input type="hidden" name="step" value="sign_in">
<input type="hidden" name="next" value="{escape(wanted)}">
<label for="login">Identifiant</label>
<input id="login" name="login" value="{escape(login)}" required maxlength="80"
 autocomplete="username" autocapitalize="none" spellcheck="false"{focus_login}>
<label for="password">Mot de passe</label>
<input id="password" name="password" type="password" required maxlength="128"
 autocomplete="current-password"{focus_password}>
<button>Se connecter</button>
</form>"""
    return sheet("Connexion", form, door=door, below=_demo_note(door, wanted))


def no_firm() -> str:
    """Say that nothing was founded here yet, and how to."""
    return sheet(
        "Aucun cabinet",
        "<h1>Aucun cabinet</h1><p>Ce dossier ne contient pas encore de cabinet. Sur le serveur, "
        "lancez <code>o2s init</code> (votre cabinet) ou <code>o2s demo</code> (cabinet de "
        "démonstration), puis rechargez cette page.</p>",
    )


def code(door: FrontDoor, *, wanted: str, problem: str = "") -> str:
    """Draw the second step: the code of the authenticator."""
    form = f"""
<h1>Code de vérification</h1>
<p class="soft">Ouvrez votre application d'authentification et saisissez le code à six chiffres,
ou l'un de vos codes de secours.</p>
{_alert(problem)}
<form method="post" action="/login">
<input type="hidden" name="step" value="code">
<input type="hidden" name="next" value="{escape(wanted)}">
<label for="code">Code</label>
<input id="code" class="code" name="code" required maxlength="14" autocomplete="one-time-code"
 autocapitalize="none" spellcheck="false" autofocus>
<button>Vérifier</button>
</form>
{_give_up()}"""
    return sheet("Code de vérification", form, door=door)


def enrolment(door: FrontDoor, offer: Enrolment, *, wanted: str, problem: str = "") -> str:
    """Draw the setting up of a second factor: picture, secret, first code."""
    form = f"""
<h1>Double authentification</h1>
<p class="soft">Votre cabinet la demande. Scannez cette image avec une application
d'authentification, puis saisissez le code qu'elle affiche.</p>
<img class="qr" src="{offer.qr}" alt="Code QR à scanner">
<p class="hint">Sans appareil photo, saisissez cette clé{NBSP}:
<span class="secret">{escape(offer.typed)}</span></p>
{_alert(problem)}
<form method="post" action="/login">
<input type="hidden" name="step" value="enrol">
<input type="hidden" name="sealed" value="{escape(offer.sealed)}">
<input type="hidden" name="next" value="{escape(wanted)}">
<label for="code">Code affiché par l'application</label>
<input id="code" class="code" name="code" required maxlength="7" inputmode="numeric"
 autocomplete="one-time-code" autofocus>
<button>Activer</button>
</form>
{_give_up()}"""
    return sheet("Double authentification", form, door=door)


def recovery(door: FrontDoor, codes: tuple[str, ...], *, wanted: str) -> str:
    """Show the recovery codes, this once."""
    listed = "".join(f"<li>{escape(one)}</li>" for one in codes)
    body = f"""
<h1>Vos codes de secours</h1>
<p class="soft">Imprimez-les ou notez-les{NBSP}: chacun remplace une fois le code de
l'application, si votre téléphone est perdu. Ils ne seront plus affichés.</p>
<ul class="codes">{listed}</ul>
<a class="button" href="{escape(wanted)}">J'ai noté mes codes, continuer</a>"""
    return sheet("Codes de secours", body, door=door)


def new_password(door: FrontDoor, *, wanted: str, problem: str = "") -> str:
    """Draw the choice of a password that only its owner knows."""
    form = f"""
<h1>Choisissez votre mot de passe</h1>
<p class="soft">Celui que vous avez reçu est provisoire.</p>
{_alert(problem)}
<form method="post" action="/login">
<input type="hidden" name="step" value="password">
<input type="hidden" name="next" value="{escape(wanted)}">
<label for="new">Nouveau mot de passe</label>
<input id="new" name="new" type="password" required minlength="12" maxlength="128"
 autocomplete="new-password" aria-describedby="rule" autofocus>
<p class="hint" id="rule">Douze caractères au moins. Une phrase de quelques mots convient,
espaces compris.</p>
<label for="again">Le même, une seconde fois</label>
<input id="again" name="again" type="password" required maxlength="128" autocomplete="new-password">
<button>Enregistrer et continuer</button>
</form>
{_give_up()}"""
    return sheet("Nouveau mot de passe", form, door=door)


def sign_out(door: FrontDoor) -> str:
    """Ask for the confirmation of a sign-out."""
    form = """
<h1>Se déconnecter</h1>
<p class="soft">Les onglets ouverts de cette session se ferment à leur prochain clic.</p>
<form method="post" action="/logout"><button autofocus>Se déconnecter</button></form>
<p class="hint"><a href="/">Revenir à l'application</a></p>"""
    return sheet("Se déconnecter", form, door=door)


def spent_link() -> str:
    """Say that a download link has served, or expired."""
    return sheet(
        "Lien expiré",
        "<h1>Ce lien ne sert plus</h1><p>Un lien de téléchargement vaut une fois, pendant une "
        "minute, pour la personne qui l'a demandé. Revenez à la page et demandez de nouveau le "
        'fichier.</p><p class="hint"><a href="/">Revenir à l\'application</a></p>',
    )


def sheet(title: str, body: str, *, door: FrontDoor = EMPTY, below: str = "") -> str:
    """Return a whole page around one block."""
    firm = f'<span class="firm">{escape(door.firm_name)}</span>' if door.firm_name else ""
    return f"""<!DOCTYPE html>
<html lang="fr"><head><meta charset="utf-8"><title>{escape(title)} · O2S</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><link rel="icon" href="/favicon.png">
<style>{style()}</style></head>
<body><main>
<header><span class="mark">O2S</span>{firm}</header>
<section>{body}</section>
{below}
<footer>Poste de travail du conseiller en gestion de patrimoine</footer>
</main></body></html>"""


def _alert(problem: str) -> str:
    spaced = re.sub(r" (?=[:;?!»])|(?<=«) ", NBSP, problem)
    return f'<p class="alert" role="alert">{escape(spaced)}</p>' if problem else ""


def _give_up() -> str:
    return '<p class="hint"><a href="/login?again=1">Changer d\'utilisateur</a></p>'


def _demo_note(door: FrontDoor, wanted: str) -> str:
    if not door.is_demo:
        return ""
    rows = "".join(
        f'<dt><a href="/login?login={quote(login)}&amp;next={quote(wanted)}">{escape(login)}</a>'
        f"</dt><dd>{escape(label)}</dd>"
        for login, label in door.demo_logins
    )
    return (
        f'<div class="note"><p><strong>Cabinet de démonstration</strong>{NBSP}: personnes et '
        "montants sont inventés. Le mot de passe commun est affiché au démarrage.</p>"
        f"<dl>{rows}</dl></div>"
    )
