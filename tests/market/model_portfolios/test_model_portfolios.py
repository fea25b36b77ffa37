"""A model is prepared, published from a day on, then never rewritten; its past is simulated."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from o2s_core import market
from o2s_core.kernel.errors import InvalidInputError, NotFoundError, StaleEditError
from o2s_core.market import ModelForm, WeightedSupport
from tests import kit

HALF = Decimal("0.5")


@pytest.fixture
def funds(firm):
    return [kit.instrument(firm.operator, label) for label in ("Actions", "Obligations")]


@pytest.fixture
def model(firm):
    return market.add_model(firm.operator, ModelForm("Équilibré", "3"))


def lines(funds, *weights, **more):
    return [
        WeightedSupport(f, Decimal(str(w)), **more) for f, w in zip(funds, weights, strict=True)
    ]


def published(ctx, model, supports, day, comment=""):
    market.write_model_lines(ctx, model, supports)
    market.publish_model(ctx, model, day, comment)


def test_a_model_is_defined_published_and_consulted(firm, funds, model):
    """S-077: model portfolios are consulted and defined in Outils."""
    assert market.model_portfolio(firm.alice, model).in_force is None
    published(firm.operator, model, lines(funds, "0.6", "0.4"), firm.operator.today, "Première")
    card = market.model_portfolio(firm.alice, model)
    assert (card.in_force.number, card.in_force.comment, card.draft) == (1, "Première", None)
    assert card.in_force.lines.select("label", "weight").rows() == [
        ("Actions", Decimal("0.6")), ("Obligations", Decimal("0.4")),
    ]  # fmt: skip
    row = market.model_portfolios(firm.alice).row(0, named=True)
    assert (row["name"], row["number"], row["lines"], row["draft"]) == ("Équilibré", 1, 2, False)


def test_a_published_version_is_never_rewritten(firm, funds, model):
    today = firm.operator.today
    published(firm.operator, model, lines(funds, HALF, HALF), today - timedelta(30))
    market.write_model_lines(firm.operator, model, lines(funds, "0.7", "0.3"))
    card = market.model_portfolio(firm.operator, model)
    assert card.in_force.lines["weight"].to_list() == [HALF, HALF]
    assert (card.draft.number, card.draft.lines["weight"].to_list()[0]) == (2, Decimal("0.7"))
    market.publish_model(firm.operator, model, today + timedelta(10), "")
    card = market.model_portfolio(firm.operator, model)
    assert (card.in_force.number, card.draft) == (1, None)
    later = replace(firm.operator, today=today + timedelta(10))
    assert market.model_portfolio(later, model).in_force.number == 2


def test_a_version_begins_after_the_one_before(firm, funds, model):
    today = firm.operator.today
    published(firm.operator, model, lines(funds, HALF, HALF), today)
    market.write_model_lines(firm.operator, model, lines(funds, "0.7", "0.3"))
    with pytest.raises(InvalidInputError, match="choisissez une date postérieure"):
        market.publish_model(firm.operator, model, today, "")


@pytest.mark.parametrize(
    ("weights", "more", "message"),
    [
        (("0.6", "0.3"), {}, r"les poids font 90,00\s%.*il manque 10,00"),
        (("0.7", "0.4"), {}, "de trop"),
        (("0.5", "0.5"), {"minimum": Decimal("0.6")}, "le minimum dépasse le poids"),
        (("0.5", "0.5"), {"maximum": Decimal("0.4")}, "le maximum est inférieur"),
        (("0.33333", "0.66667"), {}, "deux décimales"),
        (("1", "0"), {}, "indiquez un poids"),
    ],
)
def test_senseless_weights_are_refused(firm, funds, model, weights, more, message):
    with pytest.raises(InvalidInputError, match=message):
        market.write_model_lines(firm.operator, model, lines(funds, *weights, **more))
    assert market.model_portfolio(firm.operator, model).draft is None


def test_a_support_twice_or_put_away_is_refused(firm, funds, model):
    with pytest.raises(InvalidInputError, match="figure deux fois"):
        market.write_model_lines(firm.operator, model, lines([funds[0]] * 2, HALF, HALF))
    market.set_instrument_active(firm.operator, funds[0], 1, active=False)
    with pytest.raises(InvalidInputError, match="retiré des listes"):
        market.write_model_lines(firm.operator, model, lines(funds, HALF, HALF))
    with pytest.raises(InvalidInputError, match="introuvable"):
        market.write_model_lines(firm.operator, model, lines([999], 1))


def test_a_name_is_used_once_among_the_models_in_use(firm, model):
    with pytest.raises(InvalidInputError, match="existe déjà"):
        market.add_model(firm.operator, ModelForm("équilibré", "2"))
    market.archive_model(firm.operator, model)
    other = market.add_model(firm.operator, ModelForm("équilibré", "2"))
    with pytest.raises(InvalidInputError, match="existe déjà"):
        market.archive_model(firm.operator, model, archived=False)
    assert market.model_portfolios(firm.operator)["id"].to_list() == [other]
    assert market.model_portfolios(firm.operator, archived=True)["id"].to_list() == [model]


def test_a_copy_starts_in_preparation_with_the_newest_lines(firm, funds, model):
    published(firm.operator, model, lines(funds, "0.6", "0.4"), firm.operator.today)
    copy = market.duplicate_model(firm.operator, model, "Équilibré bis")
    card = market.model_portfolio(firm.operator, copy)
    assert (card.in_force, card.draft.number) == (None, 1)
    assert card.draft.lines["weight"].to_list() == [Decimal("0.6"), Decimal("0.4")]
    market.drop_model_draft(firm.operator, copy)
    assert market.model_portfolio(firm.operator, copy).draft is None
    with pytest.raises(InvalidInputError, match="Aucune version"):
        market.publish_model(firm.operator, copy, firm.operator.today, "")


def test_an_edit_on_an_old_reading_is_refused(firm, model):
    market.edit_model(firm.operator, model, ModelForm("Équilibré", "4"), 1)
    assert market.model_portfolio(firm.operator, model).risk_level == 4
    with pytest.raises(StaleEditError):
        market.edit_model(firm.operator, model, ModelForm("Équilibré", "2"), 1)
    with pytest.raises(NotFoundError):
        market.model_portfolio(firm.operator, 10**6)


def test_pressing_twice_makes_one_model(firm):
    one = market.add_model(firm.operator, ModelForm("Prudent", "2"), key="k")
    assert market.add_model(firm.operator, ModelForm("Prudent", "2"), key="k") == one


# --- backtest --------------------------------------------------------------------------------


def quoted(firm, fund, path):
    for day, value in path.items():
        kit.price(firm.operator, fund, day, value)


def past(firm, funds, model, rhythm="never", cost="0", end=date(2026, 3, 31)):
    published(firm.operator, model, lines(funds, HALF, HALF), date(2026, 1, 1))
    version = market.model_portfolio(firm.operator, model).in_force.id
    return market.backtest(
        firm.operator, model, version, date(2026, 1, 2), end, rhythm=rhythm, switch_cost=Decimal(cost)
    )  # fmt: skip


def test_without_rebalancing_the_past_is_the_mean_of_the_lines(firm, funds, model):
    """100 to 120 and 50 to 50, half each: + 10 %."""
    quoted(firm, funds[0], {date(2026, 1, 2): "100", date(2026, 3, 2): "120"})
    quoted(firm, funds[1], {date(2026, 1, 2): "50", date(2026, 3, 2): "50"})
    made = past(firm, funds, model)
    assert made.total_return == pytest.approx(0.10)
    assert (made.rebalanced, made.costs, made.coverage) == (0, 0.0, 1.0)
    assert made.annual_return is None, "no yearly figure below one year"
    assert made.path["benchmark"].null_count() == made.path.height


def test_each_month_the_weights_come_back_and_cost(firm, funds, model):
    """+20 % by the end of January, then +10 % more in February on line 1 only.

    End of January 1.1, of which 0.6 and 0.5: 0.05 is sold, at 1 %: 0.0005 paid, 1.0995 left.
    February: half of it earns 10 %: 1.0995 x 1.05 = 1.154475; drift 0.55 / 1.05: 0.0275
    of 1.05 sold on 2 March, 0.000275 / 1.05 of the value is paid.
    """
    quoted(
        firm,
        funds[0],
        {date(2026, 1, 2): "100", date(2026, 1, 30): "120", date(2026, 2, 16): "132"},
    )
    quoted(firm, funds[1], {date(2026, 1, 2): "50"})
    made = past(firm, funds, model, "monthly", "0.01")
    february = 1.0995 * 1.05
    sold = (0.55 / 1.05 - 0.5) * february
    assert made.rebalanced == 2
    assert made.total_return == pytest.approx(february - sold * 0.01 - 1)
    assert made.costs == pytest.approx(0.0005 + sold * 0.01)


def test_months_without_price_and_lines_without_any_are_said(firm, funds, model):
    quoted(firm, funds[0], {date(2026, 1, 2): "100", date(2026, 3, 2): "120"})
    made = past(firm, funds, model)
    assert made.left_out == ("Obligations",)
    assert made.coverage == 0.5
    assert made.total_return == pytest.approx(0.2)
    assert made.silent.rows() == [("Actions", 1, 3, "02/2026")]


def test_a_late_first_price_starts_the_period(firm, funds, model):
    quoted(firm, funds[0], {date(2026, 1, 2): "100"})
    quoted(firm, funds[1], {date(2026, 2, 2): "50", date(2026, 3, 2): "60"})
    made = past(firm, funds, model)
    assert (made.start, made.begun_by) == (date(2026, 2, 2), "Obligations")
    assert made.total_return == pytest.approx(0.1)


def test_without_any_price_there_is_no_figure(firm, funds, model):
    made = past(firm, funds, model)
    assert made.path.is_empty()
    assert (made.total_return, made.volatility, made.coverage) == (None, None, 0.0)
    with pytest.raises(InvalidInputError, match="période"):
        past(firm, funds, market.duplicate_model(firm.operator, model, "Bis"), "weekly")


def test_the_path_starts_at_one_hundred_and_costs_only_lower_it(firm, funds, model):
    draw = np.random.default_rng(1)
    days = pl.date_range(date(2026, 1, 2), date(2026, 3, 31), eager=True)
    for fund in funds:
        steps = np.exp(np.cumsum(draw.normal(0, 0.02, len(days))))
        quoted(firm, fund, {d: f"{100 * s:.4f}" for d, s in zip(days, steps, strict=True)})
    free = past(firm, funds, model, "monthly")
    other = market.duplicate_model(firm.operator, model, "Bis")
    dear = past(firm, funds, other, "monthly", "0.02")
    assert free.path["index"][0] == dear.path["index"][0] == 100
    assert dear.total_return < free.total_return
    assert free.volatility > 0 > free.max_drawdown
