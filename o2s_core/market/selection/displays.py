"""How does one user want to see a list of supports? Columns, order, favourites first or not."""

from dataclasses import dataclass

from sqlmodel import Session, select

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.market.models import Display


@dataclass(frozen=True, slots=True)
class Shown:
    """What a list shows; no column named: those of the house."""

    columns: tuple[str, ...] = ()
    sort: str = ""  #: column, with `-` before it from the largest
    first_in_pickers: bool = True


def display(ctx: Context, name: str) -> Shown:
    """Return how the user wants to see a list (`supports`, `favourites`)."""
    ctx.require(Permission.MARKET_READ)
    with store.reading(ctx) as session:
        row = _one(session, ctx, name)
    if row is None:
        return Shown()
    columns = tuple(each for each in row.columns.split(",") if each)
    return Shown(columns, row.sort, row.first_in_pickers)


def save_display(ctx: Context, name: str, shown: Shown) -> None:
    """Keep how the user wants to see a list."""
    ctx.require(Permission.MARKET_READ)
    with store.tx(ctx) as tx:
        row = _one(tx.session, ctx, name) or Display(
            firm_id=ctx.firm_id, user_id=ctx.user_id or 0, name=name
        )
        row.columns, row.sort = ",".join(shown.columns), shown.sort
        row.first_in_pickers = shown.first_in_pickers
        tx.add(row)
        tx.audit("update", "display", row.id, after={"name": name})
        tx.touch("favourites")


def _one(session: Session, ctx: Context, name: str) -> Display | None:
    query = select(Display).where(
        Display.firm_id == ctx.firm_id, Display.user_id == (ctx.user_id or 0), Display.name == name
    )
    return session.exec(query).first()
