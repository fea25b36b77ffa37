"""The windows of the users: create, change, reset an access, disable."""

import streamlit as st

from o2s_core import administration
from o2s_core.administration import UserFile, UserForm
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import session
from o2s_core.ui.boundary import errors
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.figures import badges, facts, note
from o2s_core.ui.forms import finished, form, opened_version, saving
from o2s_core.ui.messages import flash


@dialog("Nouvel utilisateur", width="large")
def new_user() -> None:
    """Create a user, and show once the password to hand over."""
    ctx = session.context()
    made = st.session_state.get("user_made")
    if made is not None:
        _hand_over(made.login, made.password)
        return
    assists = _assists(ctx, key="user_new")
    defaults = {"scope": "own", "profile": "conseiller", "is_adviser": True}
    values = form(
        administration.user_schema(ctx), key="user_new", defaults=defaults, submit="Créer"
    )
    if values is None:
        return
    st.session_state["user_made"] = administration.add_user(ctx, UserForm.of(values, assists))
    finished("user_new")
    st.rerun(scope="fragment")


@dialog("Utilisateur", width="large")
def edit_user(user_id: int) -> None:
    """Change a user, reset their access, or disable them."""
    ctx = session.context()
    file = administration.user(ctx, user_id)
    reset = st.session_state.get(f"user_reset_{user_id}")
    if reset:
        _hand_over(file.form.login, reset)
        return
    _state(file)
    if not ctx.may(Permission.USER_WRITE):
        _read_only(file)
        return
    key = f"user_{user_id}"
    assists = _assists(ctx, key=key, current=file.form.assists, but=user_id)
    known = {k: getattr(file.form, k) for k in file.form.__dataclass_fields__}
    known |= {k: str(known[k]) if known[k] else None for k in ("agency_id", "team_id")}
    schema = administration.user_schema(ctx)
    values = form(schema, key=key, defaults=known, version=file.version)
    if values is not None:
        with saving(key, "Utilisateur enregistré."):
            typed = UserForm.of(values, assists)
            administration.edit_user(ctx, user_id, typed, opened_version(key))
    if user_id != ctx.user_id:
        _access(ctx, file)


def _access(ctx: Context, file: UserFile) -> None:
    """Offer what changes an access at once."""
    st.divider()
    with st.container(horizontal=True):
        if st.button("Réinitialiser le mot de passe", icon=":material/key:"):
            password = administration.reset_password(ctx, file.id)
            st.session_state[f"user_reset_{file.id}"] = password
            st.rerun(scope="fragment")
        if file.has_second_factor and st.button(
            "Retirer la double authentification", icon=":material/phonelink_erase:"
        ):
            administration.reset_second_factor(ctx, file.id)
            _said("Double authentification retirée, sessions fermées.")
        if st.button("Fermer ses sessions", icon=":material/logout:"):
            closed = administration.close_sessions_of(ctx, file.id)
            _said(f"Sessions fermées : {closed}.")
        _activity(ctx, file)


def _activity(ctx: Context, file: UserFile) -> None:
    if not file.active:
        if st.button("Réactiver", icon=":material/person_check:"):
            administration.enable_user(ctx, file.id)
            _said("Utilisateur réactivé.")
        return
    if st.button("Désactiver", icon=":material/person_off:"):
        closed = administration.disable_user(ctx, file.id)
        _said(f"Utilisateur désactivé, sessions fermées : {closed}.")


def _said(message: str) -> None:
    flash(message)
    st.rerun()


def _state(file: UserFile) -> None:
    factor = "Double authentification" if file.has_second_factor else "Mot de passe seul"
    badges(
        [
            ("Actif", "good") if file.active else ("Désactivé", "quiet"),
            (factor, "good" if file.has_second_factor else "warn"),
        ]
    )


def _read_only(file: UserFile) -> None:
    profile = administration.profile(file.form.profile).label
    facts(
        [
            ("Identifiant", file.form.login),
            ("Nom", f"{file.form.first_name} {file.form.last_name}".strip()),
            ("E-mail", file.form.email),
            ("Profil", profile),
            ("Périmètre", administration.SCOPES[file.form.scope]),
        ]
    )


def _assists(
    ctx: Context, *, key: str, current: tuple[int, ...] = (), but: int = 0
) -> tuple[int, ...]:
    """Choose the advisers whose clients the user sees too."""
    advisers = administration.choices(ctx)["advisers"]
    offered = [i for i in advisers if i != but]
    chosen = st.multiselect(
        "Assiste",
        offered,
        default=[i for i in current if i in offered],
        format_func=advisers.__getitem__,
        placeholder="Aucun conseiller",
        key=f"{key}_assists",
        help="Les conseillers dont cette personne voit aussi les clients.",
    )
    return tuple(chosen)


def _hand_over(login: str, password: str | None) -> None:
    """Show a temporary password, this once."""
    st.success(f"Accès de « {login} » prêt.", icon=":material/check:")
    if password:
        st.code(password, language=None)
        note(
            "Mot de passe provisoire : remettez-le de vive voix. Il sera remplacé à la première "
            "connexion et ne sera plus affiché."
        )
    with errors(), st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Terminé", type="primary"):
            forget()
            st.rerun()


def forget() -> None:
    """Forget the passwords shown: they must not wait in the page's memory."""
    for key in [k for k in st.session_state if str(k).startswith(("user_made", "user_reset_"))]:
        del st.session_state[key]
