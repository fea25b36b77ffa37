"""Movements and situations of a takeover as the accounts record them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import polars as pl

from o2s_core import market, portfolio
from o2s_core.aggregation.takeover.plan import Plan
from o2s_core.kernel.context import Context
from o2s_core.kernel.identifiers import compact, is_isin
from o2s_core.portfolio import LINE_INPUT, MOVEMENT_INPUT, SITUATION_INPUT
from o2s_core.portfolio.movement_kinds import TRADES
from o2s_core.portfolio.posting import keyed
from o2s_core.portfolio.recording import content_hashes

EXACT: Final = pl.Decimal(38, 8)
#: What names the support of a row, besides what it says.
NAMED: Final = ("code", "code_type", "label", "currency")


@dataclass(frozen=True, slots=True)
class Facts:
    """The rows to record, each with its `account_id`, before their supports are known."""

    movements: pl.DataFrame  #: MOVEMENT_INPUT without `instrument_id`, and `code_type`
    lines: pl.DataFrame  #: LINE_INPUT without `instrument_id`, and what names the support


def facts_of(plan: Plan, ids: Mapping[str, int]) -> Facts:
    """Return the rows of the accounts whose identity is given (ref -> account)."""
    return Facts(_movements(_of(plan.movements, ids)), _lines(_of(plan.positions, ids)))


def _of(rows: pl.DataFrame, ids: Mapping[str, int]) -> pl.DataFrame:
    if not rows.height:
        return rows.with_columns(account_id=pl.lit(None, pl.Int64))
    own = pl.col("ref").is_in(list(ids)) & (pl.col("verdict") != "error")
    account = pl.col("ref").replace_strict(dict(ids), default=None, return_dtype=pl.Int64)
    return rows.filter(own).with_columns(account_id=account)


def _movements(rows: pl.DataFrame) -> pl.DataFrame:
    shape = {n: t for n, t in MOVEMENT_INPUT.items() if n != "instrument_id"}
    if not rows.height:
        return pl.DataFrame(schema=shape | {"code_type": pl.String()})
    trades = pl.col("kind").is_in(list(TRADES)) | pl.col("quantity").is_not_null()
    valued = rows.with_columns(
        *_named(rows, trades),
        partner_ref=pl.col("reference"),
        currency=pl.col("currency").fill_null("EUR").str.to_uppercase(),
        fx_rate=pl.lit(None, EXACT),
        locator=_where(),
    )
    return valued.select(*[pl.col(n).cast(t) for n, t in shape.items()], "code_type")


def _lines(rows: pl.DataFrame) -> pl.DataFrame:
    shape = {n: t for n, t in LINE_INPUT.items() if n != "instrument_id"}
    more = {"code": pl.String(), "code_type": pl.String(), "kind": pl.String()}
    if not rows.height:
        return pl.DataFrame(schema=shape | more | {"price_factor": EXACT})
    shown = pl.coalesce("label", "isin", "instrument_kind").fill_null("Titre sans nom")
    known = rows.with_columns(
        *_named(rows.with_columns(label=shown), pl.lit(value=True)),
        label=shown,
        kind=pl.col("instrument_kind"),
        currency=pl.col("currency").fill_null("EUR").str.to_uppercase(),
        price_on=pl.coalesce("price_on", pl.when(pl.col("price").is_not_null()).then("as_of")),
        accrued=pl.lit(None, EXACT),
        value=pl.coalesce("value", (pl.col("quantity") * pl.col("price")).cast(EXACT)),
        locator=_where(),
        price_factor=pl.lit(Decimal(1)).cast(EXACT),
    )
    columns = [pl.col(n).cast(t) for n, t in (shape | more).items()]
    return known.select(*columns, "price_factor")


def _where() -> pl.Expr:
    return pl.concat_str("file", pl.lit(", "), "locator")


def _named(rows: pl.DataFrame, trades: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Name the support by its ISIN when its key is right, else by its label."""
    right = [i for i in rows["isin"].drop_nulls().unique() if is_isin(i)]
    isin = pl.col("isin").is_in(right).fill_null(value=False)
    plain = pl.col("isin").replace({i: compact(i) for i in right})
    label: pl.Expr = pl.when(trades).then(pl.coalesce(pl.col("label"), pl.col("isin")))
    if "label" not in rows.columns:
        label = pl.lit(None, pl.String)
    code = pl.when(isin).then(plain).otherwise(label)
    kind = pl.when(isin).then(pl.lit("isin")).when(label.is_not_null()).then(pl.lit("label"))
    return code.alias("code"), kind.alias("code_type")


def situations_of(lines: pl.DataFrame) -> pl.DataFrame:
    """Return one situation per account and day of the lines (schema `SITUATION_INPUT`)."""
    heads = lines.group_by("account_id", "as_of", maintain_order=True).agg(
        currency=pl.col("currency").first(), total=pl.lit(None, EXACT)
    )
    return heads.select(pl.col(n).cast(t) for n, t in SITUATION_INPUT.items())


def compare_facts(ctx: Context, plan: Plan) -> None:
    """Say which movements and situations of known accounts are known already."""
    accounts = {
        ref: (known.id, known.form.provider_id)
        for ref, known in [
            *((r, c.known) for r, c in plan.contracts.items() if c.known), *plan.held.items(),
        ]
    }  # fmt: skip
    if not accounts:
        return
    facts = facts_of(plan, {ref: id_ for ref, (id_, _) in accounts.items()})
    plan.movements = _compared_movements(ctx, plan.movements, facts.movements)
    plan.positions = _compared_positions(ctx, plan, facts.lines, accounts)


def _compared_movements(ctx: Context, rows: pl.DataFrame, movements: pl.DataFrame) -> pl.DataFrame:
    if not movements.height:
        return rows
    posted = portfolio.posted_keys(ctx, movements["account_id"].unique().to_list())
    told = keyed(movements.with_columns(instrument_id=pl.lit(None, pl.Int64)))
    verdicts: dict[str, str] = {}
    for row in told.iter_rows(named=True):
        known = posted.get((row["account_id"], row["key"], row["ordinal"]))
        same = known == row["content_hash"]
        verdicts[row["locator"]] = "unchanged" if same else "updated" if known else "new"
    return _with_verdicts(rows, verdicts)


def _with_verdicts(rows: pl.DataFrame, verdicts: Mapping[str, str]) -> pl.DataFrame:
    found = _where().replace_strict(dict(verdicts), default=None, return_dtype=pl.String)
    return rows.with_columns(
        verdict=pl.when(pl.col("verdict") == "new")
        .then(pl.coalesce(found, "verdict"))
        .otherwise("verdict")
    )


def _compared_positions(
    ctx: Context, plan: Plan, lines: pl.DataFrame, accounts: Mapping[str, tuple[int, int]]
) -> pl.DataFrame:
    """Compare whole situations: same lines on the same day, or a revision."""
    if not lines.height:
        return plan.positions
    matched = pl.concat(
        [_matched(ctx, part, provider) for provider, part in _by_provider(lines, accounts)]
    )
    hashes = content_hashes(situations_of(lines), matched.drop_nulls("instrument_id"))
    known = portfolio.situation_hashes(ctx, lines["account_id"].unique().to_list())
    verdicts: dict[str, str] = {}
    for account, day, locator in lines.select("account_id", "as_of", "locator").iter_rows():
        stored = known.get((account, day))
        same = stored == hashes[account, day]
        verdicts[locator] = "unchanged" if same else "updated" if stored else "new"
    return _with_verdicts(plan.positions, verdicts)


def _by_provider(
    lines: pl.DataFrame, accounts: Mapping[str, tuple[int, int]]
) -> list[tuple[int, pl.DataFrame]]:
    of = dict(accounts.values())
    provider = pl.col("account_id").replace_strict(of, return_dtype=pl.Int64)
    named = lines.with_columns(provider=provider)
    return [(int(key[0]), part.drop("provider")) for key, part in named.group_by("provider")]


def _matched(ctx: Context, lines: pl.DataFrame, provider_id: int) -> pl.DataFrame:
    """Give lines the supports that are known, null where one is still to be made."""
    pairs = set(lines.select("code_type", "code").drop_nulls().iter_rows())
    found = {("isin", isin): id_ for isin, id_ in market.instruments_by_isin(
        ctx, [code for kind, code in pairs if kind == "isin"]).items()}  # fmt: skip
    found |= market.instruments_by_alias(ctx, provider_id, [p for p in pairs if p[0] != "isin"])
    cash = market.known_cash(ctx)
    ids = [
        cash.get(currency) if kind == "cash" else found.get((code_type, code))
        for kind, code_type, code, currency in lines.select(
            "kind", "code_type", "code", "currency"
        ).iter_rows()
    ]
    return lines.with_columns(instrument_id=pl.Series(ids, dtype=pl.Int64))
