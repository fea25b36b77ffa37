"""An answer is kept for one perimeter, one profile and one data version."""

from dataclasses import replace

import polars as pl
import pytest

from o2s_core import ui
from o2s_core.kernel.context import Context


class Counter:
    """A question of the core that counts how often it is really asked."""

    def __init__(self) -> None:
        self.asked = 0

        def question(ctx: Context, text: str = "") -> int:
            self.asked += 1
            return self.asked

        question.__qualname__ = f"question_{id(self)}"
        self.question = question


@pytest.fixture
def counter() -> Counter:
    return Counter()


def test_the_same_question_is_asked_once(firm, counter):
    ask = ui.cached(counter.question)
    assert [ask(firm.alice), ask(firm.alice)] == [1, 1]


def test_another_perimeter_gets_its_own_answer(firm, counter):
    ask = ui.cached(counter.question)
    assert ask(firm.alice) != ask(firm.bruno)


def test_a_new_data_version_asks_again(firm, counter):
    ask = ui.cached(counter.question)
    ask(firm.alice)
    ask(replace(firm.alice, versions={"contacts": 99}))
    assert counter.asked == 2


def test_another_day_another_right_and_another_parameter_ask_again(firm, counter):
    ask = ui.cached(counter.question)
    alice = firm.alice
    ask(alice)
    ask(replace(alice, today=alice.today.replace(year=2027)))
    ask(replace(alice, permissions=frozenset()))
    ask(alice, "autre")
    assert counter.asked == 4


def test_a_data_frame_is_refused_as_an_argument(firm, counter):
    with pytest.raises(TypeError, match="data frame"):
        ui.cached(counter.question)(firm.alice, pl.DataFrame({"a": [1]}))
