"""How a password or a second factor is changed, by its owner or by an administrator."""

from sqlmodel import Session

from o2s_core import store
from o2s_core.administration import passwords, second_factor, sessions, tries
from o2s_core.administration.identity import name_of
from o2s_core.administration.models import Firm, User
from o2s_core.administration.organisation import owned
from o2s_core.kernel.context import Context, Place
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from o2s_core.kernel.permissions import Permission


def change_password(
    ctx: Context, current: str, password: str, again: str, *, keep_sid: str = ""
) -> None:
    """Change the user's own password; their other sessions end."""
    ctx.require(Permission.SELF_MANAGE)
    with store.tx(ctx) as tx:
        user = tx.session.get_one(User, ctx.user_id)
        admitted = tries.admit(tx.session, ctx.place, "change", str(user.id), ctx.now)
    if not admitted or not passwords.matches(ctx.place, current, user.password_hash):
        raise InvalidInputError(
            "Le mot de passe actuel est incorrect, ou trop d'essais : "
            "vérifiez la saisie, puis patientez quelques minutes."
        )
    require_good(ctx.place, user, password, again)
    trace = passwords.hashed(ctx.place, password)
    with store.tx(ctx) as tx:
        row = tx.session.get_one(User, ctx.user_id)
        tries.forgive(tx.session, ctx.place, "change", str(row.id))
        store_password(tx, row, trace, temporary=False, keep_sid=keep_sid)


def reset_password(ctx: Context, user_id: int) -> str:
    """Give a user a temporary password, shown once; they choose another at their next sign-in."""
    ctx.require(Permission.USER_RESET)
    password = passwords.draw()
    trace = passwords.hashed(ctx.place, password)
    with store.tx(ctx) as tx:
        user = _colleague(tx, user_id)
        store_password(tx, user, trace, temporary=True)
        tries.forgive(tx.session, ctx.place, "login", user.login)
        tx.touch("administration")
    return password


def set_password(ctx: Context, user_id: int, password: str) -> None:
    """Give a user a password that the operator typed."""
    ctx.require(Permission.USER_RESET)
    with store.reading(ctx) as session:
        user = owned(session, User, ctx.firm_id, user_id, "Utilisateur")
    require_good(ctx.place, user, password, password)
    trace = passwords.hashed(ctx.place, password)
    with store.tx(ctx) as tx:
        store_password(tx, _colleague(tx, user_id), trace, temporary=False)


def reset_second_factor(ctx: Context, user_id: int) -> None:
    """Take away a second factor that its owner has lost; their sessions end."""
    ctx.require(Permission.USER_RESET)
    with store.tx(ctx) as tx:
        user = _colleague(tx, user_id)
        second_factor.forget(tx.session, user)
        tries.forgive(tx.session, ctx.place, "code", str(user_id))
        sessions.end_all(tx, user_id, "second factor reset")
        tx.audit("reset_second_factor", "user", user_id)
        tx.touch("administration")


def store_password(
    tx: store.Tx, user: User, trace: str, *, temporary: bool, keep_sid: str = ""
) -> None:
    """Store the trace of a new password and end the sessions that the old one opened."""
    user.password_hash, user.password_changed_at = trace, tx.ctx.now
    user.must_change_password = temporary
    ended = sessions.end_all(tx, user.id or 0, "password changed", keep_sid=keep_sid)
    verb = "reset_password" if temporary else "change_password"
    tx.audit(verb, "user", user.id, after={"sessions_closed": ended})


def require_good(place: Place, user: User, password: str, again: str) -> None:
    """Raise `InvalidInputError` unless a new password is good and typed twice alike."""
    with Session(store.engine(place)) as session:
        firm = session.get_one(Firm, user.firm_id)
    if message := passwords.refusal(password, about=[user.login, name_of(user), firm.name]):
        raise InvalidInputError(f"Nouveau mot de passe : {message}")
    if password != again:
        raise InvalidInputError("Les deux saisies du nouveau mot de passe diffèrent.")


def _colleague(tx: store.Tx, user_id: int) -> User:
    """Return another user of the firm; one's own access is changed in « Mon compte »."""
    user = tx.session.get(User, user_id)
    if user is None or user.firm_id != tx.ctx.firm_id:
        raise NotFoundError("Utilisateur", user_id)
    if user.id == tx.ctx.user_id:
        raise InvalidInputError(
            "Votre propre accès ne se réinitialise pas ici : ouvrez « Mon compte »."
        )
    return user
