"""A tax by slices."""

from collections.abc import Sequence
from decimal import Decimal

from o2s_core.kernel.money import ZERO


def by_slices(base: Decimal, steps: Sequence[tuple[Decimal, Decimal]]) -> Decimal:
    """Return the tax of a base (EUR, not rounded); steps are (threshold, rate), lowest first."""
    tops = [threshold for threshold, _ in steps[1:]] + [base]
    return sum(
        (
            max(min(base, top) - threshold, ZERO) * rate
            for (threshold, rate), top in zip(steps, tops, strict=True)
        ),
        ZERO,
    )
