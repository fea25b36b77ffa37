"""What must a reader of a comparison know? Each limit of the figures, in one sentence."""

from collections.abc import Iterable, Sequence
from datetime import date

from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.market.comparison.asked import Asked
from o2s_core.market.comparison.grid import Grid
from o2s_core.market.comparison.period import FEWEST_PRICES, finest
from o2s_core.market.comparison.shapes import A_YEAR, FREQUENCIES, Frequency, Security
from o2s_core.market.freshness import is_stale


def notes(
    ctx: Context,
    known: Asked,
    grid: Grid,
    period: tuple[date, date],
    wanted: tuple[date | None, date | None],
    frequency: Frequency | None,
) -> tuple[str, ...]:
    """Return what limits the figures, the most serious first."""
    return (
        *_stopped(ctx, known),
        *_absorbed(known.securities),
        *_cut(wanted, period),
        *_currencies(known.securities, grid),
        *_few(known, period),
        *_sparse(known.securities),
        *_coarser(grid, frequency),
        *_income(known.securities),
    )


def _stopped(ctx: Context, known: Asked) -> Iterable[str]:
    for each, row in zip(known.securities, known.rows, strict=True):
        if row.status == "inactive" or is_stale(each.kind, each.last_on, ctx.today):
            yield (
                f"« {each.label} » n'a plus de cours depuis le {french.day(each.last_on)} : "
                "la comparaison s'arrête au plus tard ce jour-là."
            )


def _absorbed(securities: Sequence[Security]) -> Iterable[str]:
    for each in securities:
        for old in each.absorbed:
            yield (
                f"« {each.label} » : avant le {french.day(old.since)}, l'historique est celui de "
                f"« {old.label} », absorbé (1 part = {french.quantity(old.ratio)} "
                f"part{'s' if old.ratio >= 2 else ''} de « {each.label} »)."
            )


def _cut(wanted: tuple[date | None, date | None], period: tuple[date, date]) -> Iterable[str]:
    start, end = period
    if (wanted[0] and wanted[0] < start) or (wanted[1] and wanted[1] > end):
        yield (
            "La période demandée dépasse ce que ces valeurs ont en commun : "
            f"elle est ramenée du {french.day(start)} au {french.day(end)}."
        )


def _currencies(securities: Sequence[Security], grid: Grid) -> Iterable[str]:
    codes = sorted({each.currency for each in securities})
    if grid.rates:
        yield (
            f"Cours convertis ({', '.join(sorted(grid.rates))}) au taux de change de chaque jour, "
            "BCE sauf taux du cabinet : la performance comprend l'effet de change."
        )
    elif len(codes) > 1:
        yield (
            f"Chaque valeur est dans sa devise ({', '.join(codes)}) : l'effet de change "
            "pour un client en euros n'est pas compté."
        )
    for each, history in zip(securities, grid.histories, strict=True):
        if history.others:
            many = french.count(history.others, "cours", "cours")
            yield f"« {each.label} » : {many} dans une autre devise, laissés de côté."


def _few(known: Asked, period: tuple[date, date]) -> Iterable[str]:
    for each, history in zip(known.securities, known.histories, strict=True):
        if history.inside(*period) < FEWEST_PRICES:
            yield (
                f"« {each.label} » a moins de {FEWEST_PRICES} cours sur la période : "
                "ni volatilité, ni perte maximale, ni ratio de Sharpe."
            )


def _sparse(securities: Sequence[Security]) -> Iterable[str]:
    names = [f"« {each.label} »" for each in securities if each.sparse]
    if names:
        verb = "est suivie" if len(names) == 1 else "sont suivies"
        yield (
            f"{', '.join(names)} {verb} par paliers, au dernier cours connu : sans volatilité, "
            "ratio de Sharpe, mois ni corrélation, que des cours si rares fausseraient."
        )


def _coarser(grid: Grid, wanted: Frequency | None) -> Iterable[str]:
    borne = finest(grid.histories)
    if wanted and A_YEAR[wanted] > A_YEAR[borne]:
        yield (
            f"Fréquence ramenée à « {FREQUENCIES[borne].lower()} » : l'une des valeurs n'a pas "
            "de cours plus souvent."
        )


def _income(securities: Sequence[Security]) -> Iterable[str]:
    indices = [each for each in securities if each.kind == "index"]
    for each in indices:
        if not each.income:
            yield (
                f"« {each.label} » : rien ne dit si son cours compte les dividendes. Complétez sa "
                "fiche pour le savoir."
            )
    if any(each.income == "total" for each in indices) and len(indices) < len(securities):
        yield (
            "Un indice dividendes réinvestis monte plus vite qu'un support dont les revenus sont "
            "distribués : comparez-le à un support de capitalisation."
        )
    yield "Les revenus distribués (coupons, dividendes) ne sont pas réinvestis dans le calcul."
