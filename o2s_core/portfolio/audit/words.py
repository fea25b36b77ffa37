"""How the key figures are written: the screen and the document say the same words."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from o2s_core.kernel import french
from o2s_core.portfolio.audit.key_figures import KeyFigures

#: Beyond this share of unknown currencies, the known part would mislead.
UNKNOWN_MOST: Final = 0.2
Figure = tuple[str, str, str]  #: label, value in French, what it is about or why it is n.c.


@dataclass(frozen=True, slots=True)
class FiguresInWords:
    """The key figures in strips, and what is said under them."""

    strips: tuple[list[Figure], ...]
    note: str


def figures_in_words(shown: KeyFigures, on: date) -> FiguresInWords:
    """Return the key figures as they are read, each with its date or its coverage."""
    return FiguresInWords((_money(shown, on), _nature(shown)), _composition(shown))


def _money(shown: KeyFigures, on: date) -> list[tuple[str, str, str]]:
    day = french.day(on)
    since = f"depuis le {french.day(shown.since)}" if shown.since else "aucun historique"
    lines = f"{french.count(shown.lines, 'ligne')}, {french.count(shown.accounts, 'contrat')}"
    cost = french.percent(shown.gain_coverage, 0)
    return [
        (f"Valeur au {day}", french.eur(shown.total_eur), lines),
        ("Capital investi net", french.eur(shown.invested_eur), since),
        ("Gain", french.eur(shown.earned_eur, signed=True), since),
        ("+/- value latente", french.eur(shown.gain_eur, signed=True),
         f"PRU connu pour {cost} de la valeur" if shown.gain_eur is not None else "PRU inconnus"),
        ("Rendement de l'année", french.percent(shown.twr_ytd, 2, signed=True),
         _known(shown.twr_ytd)),
        ("Rendement sur 1 an", french.percent(shown.twr_year, 2, signed=True),
         _known(shown.twr_year)),
    ]  # fmt: skip


def _known(figure: float | None) -> str:
    return "pondéré par le temps" if figure is not None else "rien de connu au début"


def _nature(shown: KeyFigures) -> list[tuple[str, str, str]]:
    sri = "n.c." if shown.sri.value is None else french.number(shown.sri.value, 1)
    fall = "aucun historique" if shown.drawdown is None else "sur 1 an"
    foreign, known = _foreign(shown)
    return [
        ("SRI moyen", sri, _covered(shown.sri.coverage, "hors fonds en euros et liquidités")),
        ("Coût courant moyen", french.percent(shown.cost.value, 2),
         _covered(shown.cost.coverage, "des fonds")),
        ("Volatilité", french.percent(shown.volatility),
         "sur 1 an" if shown.volatility is not None else "moins de 26 observations"),
        ("Perte maximale", french.percent(shown.drawdown), fall),
        ("Fonds en euros", french.percent(shown.euro_funds), "du total"),
        ("Devises étrangères", foreign, known),
    ]  # fmt: skip


def _foreign(shown: KeyFigures) -> tuple[str, str]:
    unknown = shown.foreign_unknown
    if shown.foreign is None or unknown is None:
        return "n.c.", "total nul ou négatif"
    if not unknown:
        return french.percent(shown.foreign), "du total"
    silent = f"inconnues pour {french.percent(unknown, 0)} du total"
    return ("n.c." if unknown > UNKNOWN_MOST else french.percent(shown.foreign)), silent


def _covered(coverage: float | None, of: str) -> str:
    if coverage is None:
        return "aucun support concerné"
    return f"connu pour {french.percent(coverage, 0)} {of}"


def _composition(shown: KeyFigures) -> str:
    said = [french.count(shown.supports, "support distinct", "supports distincts")]
    if shown.priced is not None:
        said.append(f"{french.percent(shown.priced)} de la valeur sur des cours à jour")
    if shown.sfdr:
        parts = [f"{name.lower()} : {french.percent(part, 0)}" for name, part in shown.sfdr]
        said.append("SFDR des fonds, " + ", ".join(parts))
    return " · ".join(said)
