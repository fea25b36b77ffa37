"""Benchmarks: a basket of indices."""

import numpy as np
import pytest

from o2s_core.analytics import benchmarks

PRICES = np.array([[100.0, 50.0], [110.0, 50.0], [110.0, 60.0], [121.0, 60.0]])
NEVER = np.zeros(4, bool)


def test_a_basket_left_alone_drifts():
    found = benchmarks.composite(PRICES, np.array([0.5, 0.5]), NEVER)
    assert found.tolist() == pytest.approx([1, 1.05, 1.15, 0.5 * 1.21 + 0.5 * 1.2])


def test_a_basket_goes_back_to_its_weights():
    back = np.array([False, True, False, False])
    found = benchmarks.composite(PRICES, np.array([0.5, 0.5]), back)
    assert found.tolist() == pytest.approx(
        [1, 1.05, 1.05 * (0.5 + 0.5 * 1.2), 1.05 * (0.5 * 1.1 + 0.5 * 1.2)]
    )


def test_one_index_alone_is_itself_whatever_the_rebalancing():
    found = benchmarks.composite(PRICES[:, :1], np.array([1.0]), np.ones(4, bool))
    assert found.tolist() == pytest.approx((PRICES[:, 0] / 100).tolist())


def test_weights_that_miss_a_part_are_refused():
    with pytest.raises(ValueError, match="100 %"):
        benchmarks.composite(PRICES, np.array([0.5, 0.4]), NEVER)
