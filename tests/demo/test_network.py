"""The large demonstration firm, here small: loaded in bulk, whole, the same for a seed and a day."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import polars as pl
import pytest
from sqlmodel import select

from o2s_core import administration, contacts, portfolio, store
from o2s_core.administration.models import User
from o2s_core.demo import LOGINS, build
from o2s_core.kernel.context import Place
from o2s_core.kernel.identifiers import is_isin
from o2s_core.market.models import Instrument
from o2s_core.portfolio.models import Movement, Situation, SituationLine
from o2s_core.ui import pages as registry
from tests.kit import pages

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
SIZE = 130


def network(home) -> Place:
    place = Place(home, f"sqlite:///{home / 'o2s.sqlite3'}")
    build(place, NOW, TODAY, contacts=SIZE)
    return place


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    made = network(tmp_path_factory.mktemp("network") / "home")
    yield made
    store.close(made)


@pytest.fixture
def ctx(place):
    return administration.operator(place, NOW, TODAY)


LINES = pl.Schema(
    {
        "account_id": pl.Int64,
        "as_of": pl.Date,
        "instrument_id": pl.Int64,
        "quantity": pl.Decimal(38, 8),
        "value": pl.Decimal(38, 8),
        "content_hash": pl.String,
    }
)
MOVES = pl.Schema(
    {
        "account_id": pl.Int64,
        "trade_on": pl.Date,
        "instrument_id": pl.Int64,
        "kind": pl.String,
        "quantity": pl.Decimal(38, 8),
        "gross": pl.Decimal(38, 8),
        "net": pl.Decimal(38, 8),
        "content_hash": pl.String,
    }
)


def lines(ctx):
    asked = select(
        SituationLine.account_id, Situation.as_of, SituationLine.instrument_id,
        SituationLine.quantity, SituationLine.value, Situation.content_hash,
    ).join(Situation, Situation.id == SituationLine.situation_id)  # fmt: skip
    return store.frame(ctx, asked.order_by(SituationLine.id), LINES)


def moves(ctx):
    asked = select(*(getattr(Movement, name) for name in MOVES))
    return store.frame(ctx, asked.order_by(Movement.id), MOVES)


def test_every_invariant_holds_and_the_trail_is_whole(ctx):
    findings = store.check(ctx, portfolio.INVARIANTS)
    assert not findings.found


def test_what_is_held_is_the_running_sum_of_the_movements(ctx):
    held = lines(ctx)
    said = held.filter(pl.col("quantity").is_not_null())
    days = held.select("account_id", "as_of").unique()
    sums = (
        moves(ctx)
        .filter(pl.col("quantity").is_not_null())
        .join(days, on="account_id")
        .filter(pl.col("trade_on") <= pl.col("as_of"))
        .group_by("account_id", "instrument_id")
        .agg(pl.col("quantity").sum().alias("ran"))
    )
    funds = said.join(sums, on=["account_id", "instrument_id"], how="inner")
    assert funds.height > 500
    assert funds.filter(pl.col("quantity") != pl.col("ran")).is_empty()
    left_out = sums.join(said, on=["account_id", "instrument_id"], how="anti")
    assert left_out.filter(pl.col("ran") != 0).is_empty()


def test_the_fonds_euros_are_worth_what_was_put_and_credited(ctx):
    held = lines(ctx).filter(pl.col("quantity").is_null())
    put = (
        moves(ctx)
        .filter(pl.col("quantity").is_null() & pl.col("instrument_id").is_not_null())
        .join(
            held.select("account_id", "as_of", "instrument_id"), on=["account_id", "instrument_id"]
        )
        .filter(pl.col("trade_on") <= pl.col("as_of"))
        .group_by("account_id")
        .agg(
            pl.when(pl.col("kind") == "profit_sharing")
            .then(pl.col("gross"))
            .otherwise(-pl.col("gross"))
            .sum()
            .alias("put")
        )
    )
    both = held.join(put, on="account_id")
    assert both.height == held.height > 100
    assert both.filter(pl.col("value") != pl.col("put")).is_empty()


def test_every_isin_is_valid_and_belongs_to_nobody(ctx):
    with store.reading(ctx) as session:
        codes = [isin for isin in session.exec(select(Instrument.isin)) if isin]
    assert len(codes) >= 300
    assert all(code.startswith("XF") and is_isin(code) for code in codes)


def test_the_same_seed_and_day_make_the_same_firm(ctx, tmp_path):
    twin = network(tmp_path / "home")
    other = administration.operator(twin, NOW, TODAY)
    assert lines(ctx).equals(lines(other))
    assert moves(ctx).equals(moves(other))
    prices = [pl.read_parquet(store.segments(c, "prices")) for c in (ctx, other)]
    assert prices[0].equals(prices[1])
    store.close(twin)


def test_the_movements_of_a_client_read_as_any_other(ctx):
    code, scope = owner(ctx)
    found = portfolio.movements(ctx, scope)
    assert found.height > 20, code
    assert {"deposit", "buy"} <= set(found["kind"])


@pytest.mark.parametrize("login", LOGINS)
def test_every_page_opens_for_every_login(place, ctx, login):
    with store.reading(ctx) as session:
        ids = {user.login: user.id for user in session.exec(select(User))}
    firm = SimpleNamespace(place=place, id=1, user_ids=ids, operator=ctx)
    at = pages.app(firm, login).run()
    code, _ = owner(ctx)
    for spec in registry.built():
        at.query_params.clear()
        if spec.rubric:
            at.query_params["contact"] = code
        at.switch_page(str(spec.path)).run()
        assert not at.exception, spec.url


def owner(ctx):
    """A client with accounts, of the adviser whom everybody knows."""
    with store.reading(ctx) as session:
        me = session.exec(select(User.id).where(User.login == "conseiller")).one()
    known = contacts.contact_list(ctx, contacts.ContactFilter()).rows
    richest = portfolio.assets_by_contact(ctx).sort("value_eur", descending=True)
    mine = known.filter(pl.col("adviser_id") == me) if "adviser_id" in known.columns else known
    found = richest.join(mine, left_on="contact_id", right_on="id", maintain_order="left")
    code = found["file_code"][0]
    return code, contacts.scope(ctx, "contact", code)
