"""What the general page of Contacts shows: how many, how old, followed by whom."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Final

import polars as pl

from o2s_core.contacts import vocabulary as words
from o2s_core.contacts.listing import contact_list
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission

#: A label and how many contacts it holds.
SHARES: Final = pl.Schema({"label": pl.String(), "contacts": pl.Int64()})
#: Lower bounds of the age bands: coming of age, building, retirement, succession.
BANDS: Final = (18, 30, 40, 50, 60, 70, 80)
NEW_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Overview:
    """The contacts of a perimeter at a glance; households and archives are not people."""

    total: int  #: people and companies
    new: int  #: entered in the last `NEW_DAYS` days
    counters: dict[str, int]  #: key of `VIEWS` -> contacts
    by_stage: pl.DataFrame  #: schema `SHARES`, in the order of the stages
    by_age: pl.DataFrame  #: schema `SHARES`, youngest band first; people of known age
    by_adviser: pl.DataFrame  #: schema `SHARES`, most contacts first


def overview(ctx: Context) -> Overview:
    """Return the contacts of the perimeter counted by stage, age band and adviser."""
    ctx.require(Permission.CONTACT_READ)
    listed = contact_list(ctx)
    people = listed.rows.filter(pl.col("kind") != "household")
    since = ctx.now - timedelta(days=NEW_DAYS)
    return Overview(
        total=people.height,
        new=people.filter(pl.col("created_at") >= since).height,
        counters=listed.counters,
        by_stage=_by_stage(people),
        by_age=_by_age(people),
        by_adviser=_by_adviser(people),
    )


def _by_stage(people: pl.DataFrame) -> pl.DataFrame:
    counted = dict(people.group_by("stage").len().iter_rows())
    rows = [(label, counted[code]) for code, label in words.STAGES.items() if code in counted]
    return pl.DataFrame(rows, schema=SHARES, orient="row")


def _by_age(people: pl.DataFrame) -> pl.DataFrame:
    """Count living people by age band, empty bands included between the extremes."""
    known = people.filter(pl.col("age").is_not_null())
    names = [
        f"Moins de {BANDS[0]} ans",
        *(f"{a} à {b - 1} ans" for a, b in pairwise(BANDS)),
        f"{BANDS[-1]} ans et plus",
    ]
    band = pl.sum_horizontal(*(pl.col("age") >= bound for bound in BANDS))
    counted = dict(known.select(band=band).group_by("band").len().iter_rows())
    rows = [(name, counted.get(n, 0)) for n, name in enumerate(names)] if counted else []
    return pl.DataFrame(rows, schema=SHARES, orient="row")


def _by_adviser(people: pl.DataFrame) -> pl.DataFrame:
    name = pl.col("adviser").replace("", "Sans conseiller")
    counted = people.group_by(label=name).agg(contacts=pl.len().cast(pl.Int64))
    return counted.sort(["contacts", "label"], descending=[True, False]).match_to_schema(SHARES)
