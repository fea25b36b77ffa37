"""Which profile may do what [Profils & droits]: the matrix, right by right."""

from dataclasses import asdict, dataclass
from typing import Final

import polars as pl
from sqlmodel import col, func, select

from o2s_core import store
from o2s_core.administration.models import User
from o2s_core.administration.profiles import SCOPES, profiles
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import SENSITIVE, Permission

#: The matrix, one row a right; then one boolean column a profile, named by its code.
RIGHTS: Final = pl.Schema(
    {"right": pl.String, "label": pl.String, "module": pl.String, "sensitive": pl.Boolean}
    | dict.fromkeys(profiles(), pl.Boolean)
)
#: The profiles, in the order of the matrix.
PROFILES: Final = pl.Schema(
    {
        "code": pl.String(),
        "label": pl.String(),
        "purpose": pl.String(),
        "scopes": pl.String(),
        "rights": pl.Int64(),
        "users": pl.Int64(),
    }
)


@dataclass(frozen=True, slots=True)
class ProfileCard:
    """A profile, how many rights it gives, how many active users hold it."""

    code: str
    label: str
    purpose: str
    scopes: str
    rights: int
    users: int


@dataclass(frozen=True, slots=True)
class RightsMatrix:
    """The rights of every profile."""

    rows: pl.DataFrame  #: RIGHTS
    profiles: tuple[ProfileCard, ...]

    @property
    def profile_rows(self) -> pl.DataFrame:
        """Return the profiles as PROFILES."""
        return pl.DataFrame([asdict(card) for card in self.profiles], schema=PROFILES)

    def marks(self, module: str) -> pl.DataFrame:
        """Return the rights of one module as they are read: a mark where a profile holds one."""
        marked = [
            pl.when(pl.col(card.code)).then(pl.lit("●")).otherwise(pl.lit("")).alias(card.code)
            for card in self.profiles
        ]
        starred = pl.when("sensitive").then(pl.col("label") + " ★").otherwise("label")
        return self.rows.filter(module=module).select("right", starred.alias("label"), *marked)

    @property
    def modules(self) -> list[str]:
        """Return the modules in the order of the matrix."""
        return self.rows["module"].unique(maintain_order=True).to_list()


def rights_matrix(ctx: Context) -> RightsMatrix:
    """Return which profile may do what, and who holds which profile."""
    ctx.require(Permission.RIGHTS_READ)
    held = select(User.profile, func.count()).where(User.firm_id == ctx.firm_id, col(User.active))
    with store.reading(ctx) as session:
        users = dict(session.exec(held.group_by(col(User.profile))).all())
    rows = [
        {"right": p.value, "label": p.label, "module": p.module, "sensitive": p in SENSITIVE}
        | {code: p in found.permissions for code, found in profiles().items()}
        for p in Permission
    ]
    cards = (
        ProfileCard(
            p.code,
            p.label,
            p.purpose,
            ", ".join(SCOPES[s] for s in p.scopes),
            len(p.permissions),
            users.get(p.code, 0),
        )
        for p in profiles().values()
    )
    return RightsMatrix(pl.DataFrame(rows, schema=RIGHTS), tuple(cards))
