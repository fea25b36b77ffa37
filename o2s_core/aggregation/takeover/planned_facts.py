"""Which movements and situations the exports tell, of which contracts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import polars as pl

from o2s_core import portfolio
from o2s_core.aggregation.mapping.fields import ENTERS, LEAVES, PAID, RECEIVED
from o2s_core.aggregation.takeover.opening import FileCard
from o2s_core.aggregation.takeover.plan import STANDING, Plan
from o2s_core.aggregation.takeover.planned_contracts import ref_of
from o2s_core.aggregation.takeover.records import Records
from o2s_core.kernel.context import Context
from o2s_core.kernel.identifiers import compact, is_isin, search_key
from o2s_core.portfolio import KnownAccount

#: Added to what a row says: where it is, whose it is, and its verdict.
TOLD: Final = {
    "file": pl.String(), "locator": pl.String(), "ref": pl.String(), "client": pl.String(),
    "subject": pl.String(), "verdict": pl.String(), "reason": pl.String(),
}  # fmt: skip
SEVERAL: Final = "Plusieurs contrats portent le numéro {} : indiquez le fournisseur."
NOTHING: Final = "La ligne ne donne ni quantité ni montant."


def plan_facts(
    ctx: Context,
    plan: Plan,
    read: Mapping[str, Sequence[tuple[FileCard, Records]]],
    providers: Mapping[str, int],
) -> None:
    """Put the movements and the positions in the plan, each row with its verdict."""
    told = {kind: _together(read.get(kind, ())) for kind in ("movements", "positions")}
    finder = _Finder(ctx, plan, told.values(), providers)
    movements = _checked(told["movements"], finder, ("net", "gross", "quantity"))
    positions = _checked(told["positions"], finder, ("value", "quantity"))
    plan.movements = _signed(movements) if movements.height else movements
    plan.positions = positions


def _together(read: Sequence[tuple[FileCard, Records]]) -> pl.DataFrame:
    parts = [r.frame.with_columns(file=pl.lit(f.file_name)) for f, r in read]
    return pl.concat(parts) if parts else pl.DataFrame()


class _Finder:
    """Whose contract a number is, in the exports first, then among those of the firm."""

    def __init__(
        self,
        ctx: Context,
        plan: Plan,
        frames: Iterable[pl.DataFrame],
        providers: Mapping[str, int],
    ) -> None:
        self._plan, self._providers = plan, providers
        self._told: dict[str, list[str]] = defaultdict(list)
        for ref in plan.contracts:
            self._told[ref.split("|")[1]].append(ref)
        numbers = {
            compact(n)
            for frame in frames
            if frame.height
            for n in frame["account"].drop_nulls().unique()
        }
        self._known: dict[str, list[tuple[int, KnownAccount | None]]] = defaultdict(list)
        for (provider, number), account in portfolio.known_accounts(ctx, numbers).items():
            self._known[number].append((provider, account))

    def find(self, number: str | None, provider: str | None) -> tuple[str, str, str]:
        """Return the ref of a contract, its client, and what is wrong (or nothing)."""
        if not number:
            return "", "", ""
        named = ref_of(provider, number)
        told = [r for r in self._told[compact(number)] if not provider or r == named]
        if len(told) > 1:
            return (
                "",
                "",
                f"Plusieurs contrats portent le numéro {number} : indiquez le fournisseur.",
            )
        if told:
            return self._of_plan(told[0], number)
        return self._of_firm(number, provider)

    def _of_plan(self, ref: str, number: str) -> tuple[str, str, str]:
        item = self._plan.contracts[ref]
        wrong = "" if item.verdict in STANDING else (
            f"Le contrat {number} n'est pas repris : {item.reason}"
        )  # fmt: skip
        return ref, item.client, wrong

    def _of_firm(self, number: str, provider: str | None) -> tuple[str, str, str]:
        asked = self._providers.get(search_key(provider or ""))
        found = [
            (p, account)
            for p, account in self._known[compact(number)]
            if account is not None and (not provider or p == asked)
        ]
        if len(found) != 1:
            return "", "", (
                f"Aucun contrat connu ne porte le numéro {number} : ajoutez-le à l'export des "
                "comptes." if not found
                else SEVERAL.format(number)
            )  # fmt: skip
        ref = f"#{found[0][1].id}|{compact(number)}"
        self._plan.held[ref] = found[0][1]
        return ref, "", ""


def _checked(frame: pl.DataFrame, finder: _Finder, amounts: tuple[str, ...]) -> pl.DataFrame:
    """Give each row its contract and its verdict: new, or in error."""
    if not frame.height:
        return pl.DataFrame(schema=TOLD)
    pairs = frame.select("account", "provider").unique(maintain_order=True)
    found = [finder.find(number, provider) for number, provider in pairs.iter_rows()]
    whose = pairs.with_columns(
        ref=pl.Series([f[0] for f in found], dtype=pl.String),
        client=pl.Series([f[1] for f in found], dtype=pl.String),
        wrong=pl.Series([f[2] for f in found], dtype=pl.String),
    )
    rows = frame.join(
        whose, on=["account", "provider"], how="left", nulls_equal=True, maintain_order="left"
    )
    empty = pl.all_horizontal(pl.col(name).is_null() for name in amounts)
    bad_isin = _bad_isins(rows)
    reason = (
        pl.when(pl.col("problem").is_not_null()).then(pl.col("problem"))
        .when(pl.col("wrong") != "").then(pl.col("wrong"))
        .when(empty).then(pl.lit(NOTHING))
        .when(bad_isin).then(pl.lit("ISIN dont la clé est fausse : support à identifier ensuite."))
        .otherwise(pl.lit(""))
    )  # fmt: skip
    wrong = pl.col("problem").is_not_null() | (pl.col("wrong") != "") | empty
    subject = pl.concat_str("account", "label", separator=" ", ignore_nulls=True)
    return rows.with_columns(
        reason=reason,
        verdict=pl.when(wrong).then(pl.lit("error")).otherwise(pl.lit("new")),
        subject=subject,
    )


def _bad_isins(rows: pl.DataFrame) -> pl.Series:
    bad = [i for i in rows["isin"].drop_nulls().unique() if not is_isin(i)]
    return rows["isin"].is_in(bad).fill_null(value=False)


def _signed(rows: pl.DataFrame) -> pl.DataFrame:
    """Give amounts the sign of their kind when the exports write only positive numbers."""
    kind = pl.col("kind")
    signs = []
    for name, minus, plus in (
        ("quantity", LEAVES, ENTERS), ("net", PAID, RECEIVED), ("gross", PAID, RECEIVED),
    ):  # fmt: skip
        if (rows[name].drop_nulls() < 0).any():
            continue
        value = pl.col(name)
        signs.append(
            pl.when(kind.is_in(minus)).then(-value)
            .when(kind.is_in(plus)).then(value)
            .otherwise(value)
            .alias(name)
        )  # fmt: skip
    positive = [pl.col(name).abs() for name in ("fees", "taxes")]
    signed = rows.with_columns(*signs, *positive)
    free = pl.col("fees").is_null() & pl.col("taxes").is_null()
    return signed.with_columns(net=pl.coalesce("net", pl.when(free).then("gross")))
