"""What a file and its mapping promise of the rows: relations, counts, sums, a share of errors."""

from decimal import Decimal
from typing import Final

import polars as pl

from o2s_core.aggregation.mapping import anomalies, expressions
from o2s_core.aggregation.mapping.grid import Grid
from o2s_core.aggregation.mapping.language import Check, MappingSpec
from o2s_core.aggregation.statement import ANOMALIES, EXACT
from o2s_core.kernel.french import NBSP, number

MAX_ERROR_SHARE: Final = 30  # percent of rows


def checked(frame: pl.DataFrame, spec: MappingSpec) -> pl.DataFrame:
    """Return the rows where a relation declared by the mapping does not hold."""
    return pl.concat([ANOMALIES.to_frame(), *(_broken(frame, check) for check in spec.checks)])


def _broken(frame: pl.DataFrame, check: Check) -> pl.DataFrame:
    left, right = (expressions.to_polars(expressions.parse(t)) for t in (check.left, check.right))
    gap = (pl.col("_l") - pl.col("_r")).abs()
    tolerance = pl.lit(Decimal(str(check.tolerance))).cast(EXACT)
    wrong = frame.with_columns(_l=left.cast(EXACT), _r=right.cast(EXACT)).filter(gap > tolerance)
    message = f"Contrôle non vérifié : {check.left} devrait être égal à {check.right}. "
    return wrong.select(
        external_id=pl.col("account").fill_null(""),
        code=pl.lit("A-CONTROLE"),
        severity=pl.lit(check.severity),
        locator="locator",
        field=pl.lit(check.left),
        raw=pl.format("{} ≠ {}", "_l", "_r"),
        message=pl.lit(message + "Vérifiez la ligne auprès du partenaire."),
    )


def too_many_errors(errors: int, rows: int) -> pl.DataFrame:
    """Return a fatal anomaly when more than 30 % of the rows are in error."""
    if rows == 0 or errors * 100 <= MAX_ERROR_SHARE * rows:
        return ANOMALIES.to_frame()
    share, limit = number(errors * 100 / rows, 0), f"{MAX_ERROR_SHARE}{NBSP}%"
    message = (
        f"{share}{NBSP}% des lignes sont en erreur (limite : {limit}). Rien n'est importé : "
        "vérifiez la correspondance choisie et le format du fichier."
    )
    return anomalies.file_anomaly("F08", "fatal", message, f"{errors} sur {rows}")


def declared(
    grid: Grid, spec: MappingSpec, frame: pl.DataFrame, rows: int, errors: int
) -> pl.DataFrame:
    """Compare the rows with the count and sums that the end of the file declares."""
    found = [ANOMALIES.to_frame(), _cut_export(grid, spec, rows)]
    closing = "\n".join(";".join(cells) for cells in grid.trailer)
    for control in spec.reading.footer.controls:
        said = _extract(closing, control.text)
        # A sum cannot be found again while some of its rows cannot be read.
        if said is None or (errors and control.equals != "rows"):
            continue
        if wrong := _contradicted(said, control.equals, frame, rows):
            found.append(anomalies.file_anomaly("F06", "fatal", wrong, said))
    return pl.concat(found)


def _extract(text: str, pattern: str) -> str | None:
    return pl.Series([text], dtype=pl.String).str.extract(pattern, 1).to_list()[0]


def _cut_export(grid: Grid, spec: MappingSpec, rows: int) -> pl.DataFrame:
    """Warn when a partner that cuts its exports at n rows has sent n of them."""
    if spec.reading.truncated is None:
        return ANOMALIES.to_frame()
    ends = "\n".join(" ".join(cells) for cells in (*grid.preamble, *grid.trailer))
    limit = _extract(ends, spec.reading.truncated)
    if limit is None or rows < int(limit):
        return ANOMALIES.to_frame()
    message = (
        f"Le partenaire coupe ses exports à {limit} lignes et ce fichier les atteint : il manque "
        "sans doute des mouvements. Demandez une période plus courte."
    )
    return anomalies.file_anomaly("F07", "warning", message, limit)


def _contradicted(said: str, equals: str, frame: pl.DataFrame, rows: int) -> str:
    """Return what to say when a declared count or sum is not found again, else nothing."""
    plain = "".join(c for c in said if c.isdigit() or c in ",.-").replace(",", ".")
    if plain.count(".") > 1 or not plain.strip(".-"):
        return ""
    counted = equals == "rows"
    actual = Decimal(rows) if counted else Decimal(str(frame[equals].sum() or 0))
    if Decimal(plain) == actual:
        return ""
    what = "lignes" if counted else anomalies.label(equals)
    return (
        f"Le fichier annonce {said.strip()} ({what}) mais contient "
        f"{number(actual, 0 if counted else 2)} : il est incomplet ou modifié. "
        "Téléchargez-le à nouveau."
    )
