"""The quick search of supports: by ISIN, even pasted with spaces, by another code, by name."""

import pytest

from o2s_core import market
from o2s_core.kernel.identifiers import isin_with_check_digit
from tests import kit

ISIN = isin_with_check_digit("XF00000QSR1")


@pytest.fixture
def known(firm):
    kit.instrument(firm.alice, "Écofi Énergies nouvelles", isin=ISIN)
    kit.instrument(firm.alice, "Monde Énergies", status="inactive")
    return firm


def found(ctx, text, **asked):
    return [i.label for i in market.search_instruments(ctx, text, **asked)]


@pytest.mark.parametrize(
    "typed", [ISIN, ISIN.lower(), f" {ISIN[:2]} {ISIN[2:7]} {ISIN[7:]} ", ISIN[:11], "energies",
              "Énergies écofi"],
)  # fmt: skip
def test_an_isin_or_words_of_the_name_find(known, typed):
    """S-110: supports by ISIN or label."""
    assert found(known.alice, typed) == ["Écofi Énergies nouvelles"]


def test_a_closed_support_answers_only_when_asked(known):
    assert found(known.alice, "monde") == []
    assert found(known.alice, "monde", archived=True) == ["Monde Énergies"]


@pytest.mark.parametrize("typed", ["%", "_", "", " ", "'"])
def test_wildcards_and_blanks_find_nothing(known, typed):
    assert found(known.alice, typed) == []
