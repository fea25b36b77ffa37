"""Who looks after a feed? Whoever was named, else those who may manage feeds."""

from sqlmodel import Session, col, select

from o2s_core.administration.identity import name_of
from o2s_core.administration.models import User
from o2s_core.administration.profiles import profile
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission


def feed_people(session: Session, ctx: Context, right: Permission) -> dict[int, str]:
    """Return the names of the active users who have a right over feeds, by id."""
    rows = session.exec(
        select(User)
        .where(User.firm_id == ctx.firm_id, col(User.active))
        .order_by(col(User.last_name), col(User.id))
    )
    return {u.id or 0: name_of(u) for u in rows if right in profile(u.profile).permissions}
