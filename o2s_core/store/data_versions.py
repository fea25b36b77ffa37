"""How a cached answer knows that it is stale: a number per data set, stepped by each write."""

from collections.abc import Mapping
from types import MappingProxyType

from sqlmodel import Field, Session, SQLModel, select

from o2s_core.kernel.context import Context, Place
from o2s_core.store.engine import engine
from o2s_core.store.rows import impersonal


class DataVersion(SQLModel, table=True):
    """The version of one data set of one firm."""

    __tablename__ = "data_version"
    firm_id: int = Field(primary_key=True)
    dataset: str = Field(primary_key=True, sa_column_kwargs=impersonal())
    version: int = 0


class DirtyPart(SQLModel, table=True):
    """A part of a projection whose records changed since it was published."""

    __tablename__ = "dirty_part"
    firm_id: int = Field(primary_key=True)
    dataset: str = Field(primary_key=True, sa_column_kwargs=impersonal())
    part: str = Field(primary_key=True, sa_column_kwargs=impersonal())
    marks: int = 1  #: how often marked; a publication clears only the marks it saw


def step(session: Session, ctx: Context, datasets: set[str], buckets: set[tuple[str, str]]) -> None:
    """Step each data set once, and mark the parts to publish."""
    for dataset in sorted(datasets):
        row = session.get(DataVersion, (ctx.firm_id, dataset))
        if row is None:
            session.add(DataVersion(firm_id=ctx.firm_id, dataset=dataset, version=1))
        else:
            row.version += 1
    for dataset, part in sorted(buckets):
        mark = session.get(DirtyPart, (ctx.firm_id, dataset, part))
        if mark is None:
            session.add(DirtyPart(firm_id=ctx.firm_id, dataset=dataset, part=part))
        else:
            mark.marks += 1


def versions(place: Place, firm_id: int) -> Mapping[str, int]:
    """Return the version of every data set of a firm, as it is now."""
    with Session(engine(place)) as session:
        rows = session.exec(select(DataVersion).where(DataVersion.firm_id == firm_id)).all()
    return MappingProxyType({row.dataset: row.version for row in rows})
