"""Where does a partner say something new under a figure that the firm corrected by hand? (V08)."""

from collections.abc import Collection

import polars as pl

from o2s_core.aggregation.reconciliation.finding import FOUND, breaks_of
from o2s_core.kernel.context import Context
from o2s_core.portfolio.overrides import OVERRIDABLE, contradicted_overrides


def override_breaks(ctx: Context, account_ids: Collection[int] | None) -> pl.DataFrame:
    """V08: corrections whose partner's figure is no longer what it was when they were made.

    `expected` is the firm's figure, which still holds, `reported` the partner's; both
    are null for a label. Whoever made the correction owns the break. Schema `FOUND`.
    """
    rows = [
        {
            "account_id": one.account_id, "instrument_id": one.instrument_id,
            "currency": OVERRIDABLE[one.field], "expected": one.value, "reported": one.told,
            "since": one.since, "as_of": one.as_of, "delivery_id": one.delivery_id,
            "owner_id": one.author_id, "message": _message(one.field),
        }
        for one in contradicted_overrides(ctx, account_ids)
    ]  # fmt: skip
    return breaks_of(pl.DataFrame(rows, FOUND), "V08")


def _message(field: str) -> str:
    return (
        f"{OVERRIDABLE[field]} : le partenaire transmet autre chose que lorsque la correction a "
        "été saisie. La correction reste appliquée : mettez-y fin depuis le compte si le "
        "partenaire a raison, ou saisissez-la de nouveau pour la confirmer."
    )
