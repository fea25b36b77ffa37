"""Every series stands out from the ground it is drawn on, in both themes."""

import tomllib
from pathlib import Path

import pytest

from o2s_core.charts.palette import GROUNDS, INKS, PALETTES

CONFIG = tomllib.loads((Path(__file__).parents[2] / ".streamlit/config.toml").read_text())


def luminance(colour: str) -> float:
    """Relative luminance of `#RRGGBB` (WCAG 2.2)."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_series_has_a_contrast_of_three_at_least(theme):
    assert min(contrast(c, GROUNDS[theme]) for c in PALETTES[theme]) >= 3


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_and_its_colours_have_a_contrast_of_four_and_a_half(theme):
    shown = CONFIG["theme"][theme]
    words = [INKS[theme], *(shown[f"{c}TextColor"] for c in ("red", "green", "orange", "blue"))]
    grounds = (shown["backgroundColor"], shown["secondaryBackgroundColor"])
    assert min(contrast(word, ground) for word in words for ground in grounds) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_charts_and_the_application_share_their_grounds_and_series(theme):
    shown = CONFIG["theme"][theme]
    assert shown["backgroundColor"] == GROUNDS[theme]
    assert shown["textColor"] == INKS[theme]
    assert tuple(shown["chartCategoricalColors"]) == PALETTES[theme]
