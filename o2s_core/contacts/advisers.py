"""Who follows a contact: the advisers a user may choose from, and their names."""

from typing import Final

from o2s_core import administration
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FieldProblem, InvalidInputError
from o2s_core.kernel.permissions import Permission

#: Said of who follows a contact when he no longer works here.
INACTIVE: Final = "Conseiller inactif"


def adviser_choices(ctx: Context) -> dict[str, str]:
    """Return the advisers inside the perimeter, by the text of their id, for a form."""
    ctx.require(Permission.CONTACT_READ)
    return {str(a.id): a.name for a in administration.advisers(ctx)}


def adviser_names(ctx: Context) -> dict[int, str]:
    """Return the name of each adviser inside the perimeter."""
    return {a.id: a.name for a in administration.advisers(ctx)}


def chosen_adviser(ctx: Context, adviser_id: int | None) -> int | None:
    """Return who follows a new contact: the adviser named, else the user when he is one.

    The command line may create without adviser: those who see everybody see it.
    """
    known = adviser_names(ctx)
    if adviser_id is None:
        return ctx.user_id if ctx.user_id in known else None
    require_adviser(ctx, adviser_id)
    return adviser_id


def require_adviser(ctx: Context, adviser_id: int) -> None:
    """Raise `InvalidInputError` unless this is an adviser inside the perimeter."""
    if adviser_id not in adviser_names(ctx):
        message = "choisissez un conseiller de votre périmètre."
        raise InvalidInputError([FieldProblem("adviser_id", "Conseiller", message)])
