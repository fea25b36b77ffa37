"""Attribution: every effect adds up to the difference with the benchmark."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from o2s_core.analytics import attribution

#: Bacon (2008), table 5.1: UK, Japanese and US equities.
W, V = [0.40, 0.30, 0.30], [0.40, 0.20, 0.40]
R, B = [0.20, -0.05, 0.06], [0.10, -0.04, 0.08]
rate = st.floats(-0.5, 0.5)


def test_the_published_case():
    found = attribution.brinson_fachler(W, V, R, B)
    assert found.portfolio_return == pytest.approx(0.083)
    assert found.benchmark_return == pytest.approx(0.064)
    assert found.allocation.tolist() == pytest.approx([0, -0.0104, -0.0016])
    assert found.selection.tolist() == pytest.approx([0.04, -0.003, -0.006])


def test_a_segment_that_the_benchmark_lacks_is_all_selection():
    found = attribution.brinson_fachler([0.5, 0.5], [1.0, 0.0], [0.1, 0.3], [0.1, None])
    assert found.allocation.tolist() == pytest.approx([0, 0])
    assert found.selection.tolist() == pytest.approx([0, 0.5 * (0.3 - 0.1)])


def test_a_segment_that_is_not_held_is_all_allocation():
    found = attribution.brinson_fachler([1.0, 0.0], [0.5, 0.5], [0.1, None], [0.1, 0.3])
    assert found.selection.tolist() == pytest.approx([0, 0])
    assert found.allocation.tolist() == pytest.approx([0.5 * -0.1, -0.5 * 0.1])


def test_a_weight_without_return_is_the_callers_mistake():
    with pytest.raises(ValueError, match="no return"):
        attribution.brinson_fachler([1.0], [1.0], [None], [0.1])
    with pytest.raises(ValueError, match="segments"):
        attribution.brinson_fachler([1.0], [0.5, 0.5], [0.1], [0.1, 0.1])


@st.composite
def periods(draw):
    size = draw(st.integers(1, 5))
    one = st.lists(
        st.tuples(st.floats(0.01, 1), st.floats(0.01, 1), rate, rate), min_size=size, max_size=size
    )
    return draw(st.lists(one, min_size=1, max_size=6))


def split(rows):
    w, v, r, b = (np.array(column) for column in zip(*rows, strict=True))
    return attribution.brinson_fachler(w / w.sum(), v / v.sum(), r, b)


@settings(max_examples=1000, deadline=None)
@given(periods())
def test_the_effects_of_one_and_of_many_periods_add_up(rows):
    each = [split(row) for row in rows]
    for found in (*each, attribution.over_periods(each)):
        effects = found.allocation.sum() + found.selection.sum()
        active = found.portfolio_return - found.benchmark_return
        assert effects == pytest.approx(active, rel=1e-7, abs=1e-9)


@settings(max_examples=1000, deadline=None)
@given(periods())
def test_the_benchmark_itself_has_no_effect(rows):
    w, _, r, _ = (np.array(column) for column in zip(*rows[0], strict=True))
    found = attribution.brinson_fachler(w / w.sum(), w / w.sum(), r, r)
    assert not found.allocation.any()
    assert not found.selection.any()
