"""How a cached answer knows that it is stale: a number per data set, stepped by each write."""

from collections.abc import Mapping
from types import MappingProxyType

from sqlmodel import Field, Session, SQLModel, col, select

from o2s_core.kernel.context import Context, Place
from o2s_core.store.engine import engine, upsert
from o2s_core.store.rows import impersonal


class DataVersion(SQLModel, table=True):
    """The version of one data set of one firm."""

    __tablename__ = "data_version"
    firm_id: int = Field(primary_key=True)
    dataset: str = Field(primary_key=True, sa_column_kwargs=impersonal())
    version: int = 0


class DirtyPart(SQLModel, table=True):
    """A part of a projection: how often its records changed, and which change is published.

    Both only grow, so that a slow publication never passes for a newer one.
    """

    __tablename__ = "dirty_part"
    firm_id: int = Field(primary_key=True)
    dataset: str = Field(primary_key=True, sa_column_kwargs=impersonal())
    part: str = Field(primary_key=True, sa_column_kwargs=impersonal())
    marks: int = 1
    published: int = 0  #: dirty while lower than `marks`


def step(session: Session, ctx: Context, datasets: set[str], buckets: set[tuple[str, str]]) -> None:
    """Step each data set once, and mark the parts to publish."""
    for dataset in sorted(datasets):
        first = upsert(session, DataVersion).values(firm_id=ctx.firm_id, dataset=dataset, version=1)
        again = {"version": col(DataVersion.version) + 1}
        session.execute(
            first.on_conflict_do_update(index_elements=["firm_id", "dataset"], set_=again)
        )
    for dataset, part in sorted(buckets):
        mark(session, ctx, dataset, part)


def mark(session: Session, ctx: Context, dataset: str, part: str) -> None:
    """Mark one part as changed."""
    first = upsert(session, DirtyPart).values(
        firm_id=ctx.firm_id, dataset=dataset, part=part, marks=1, published=0
    )
    again = {"marks": col(DirtyPart.marks) + 1}
    session.execute(
        first.on_conflict_do_update(index_elements=["firm_id", "dataset", "part"], set_=again)
    )


def versions(place: Place, firm_id: int) -> Mapping[str, int]:
    """Return the version of every data set of a firm, as it is now."""
    asked = select(DataVersion.dataset, DataVersion.version).where(DataVersion.firm_id == firm_id)
    with Session(engine(place)) as session:
        return MappingProxyType(dict(session.exec(asked).all()))
