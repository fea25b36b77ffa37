"""What is wrong with a row, said so that the reader knows what to do."""

from collections.abc import Callable
from typing import Final

import polars as pl

from o2s_core.aggregation.statement import ANOMALIES
from o2s_core.kernel.french import NBSP

#: Field -> how it is called on screen.
LABELS: Final = {
    "record": "Nature de la ligne", "kind": "Type d'opération", "account": "N° de compte",
    "account_label": "Libellé du compte", "holder": "Titulaire", "envelope": "Enveloppe",
    "opened_on": "Date d'ouverture", "broker_code": "Code courtier",
    "currency": "Devise", "total": "Total du compte",
    "as_of": "Date de situation", "isin": "ISIN", "code": "Code du support",
    "code_type": "Nature du code", "label": "Libellé", "instrument_kind": "Nature du support",
    "quantity": "Quantité", "unit_cost": "Prix de revient unitaire", "price": "Cours",
    "price_on": "Date du cours", "price_currency": "Devise du cours",
    "price_factor": "Coefficient du cours", "accrued": "Coupon couru", "value": "Valorisation",
    "trade_on": "Date d'opération", "value_on": "Date de valeur", "reference": "Référence",
    "gross": "Montant brut", "fees": "Frais", "taxes": "Taxes", "net": "Montant net",
    "fx_rate": "Taux de change", "window_from": "Début de période", "window_to": "Fin de période",
    "price_kind": "Nature du cours", "rate": "Unités pour un euro", "rate_on": "Date du taux",
}  # fmt: skip
WARNINGS: Final = frozenset({"PRECISION", "NEGATIVE"})
#: What happened to a value -> code of the catalogue.
CODES: Final = {
    "NUMBER": "L01", "DATE": "L01", "SERIAL": "L01", "YEAR": "L01", "SWAPPED": "L01",
    "CELL": "L01", "LARGE": "L01", "LOST": "L01", "EMPTY": "L01", "NOTHING": "L01",
    "AMBIGUOUS": "A-NUM-AMBIGU", "UNKNOWN": "L02", "SHORT": "L03", "LONG": "L03", "QUOTE": "L03",
    "PRECISION": "A-PRECISION",
}  # fmt: skip


def label(field: str) -> str:
    """Return the French name of a field."""
    return LABELS.get(field) or f"Champ intermédiaire «{NBSP}{field}{NBSP}»"


def _quoted(raw: str) -> str:
    shown = raw if len(raw) <= 60 else raw[:59] + "…"
    return f"«{NBSP}{shown}{NBSP}»"


MESSAGES: Final[dict[str, Callable[[str, str], str]]] = {
    "NUMBER": lambda f, r: f"{label(f)} : {_quoted(r)} n'est pas un nombre lisible. Corrigez la "
    "ligne, ou le format de nombre de la correspondance.",
    "DATE": lambda f, r: f"{label(f)} : {_quoted(r)} n'est pas une date du format attendu. "
    "Corrigez la ligne, ou le format de date de la correspondance.",
    "SERIAL": lambda f, r: f"{label(f)} : {_quoted(r)} semble être un numéro de jour d'Excel. "
    "Mettez la colonne au format date avant d'exporter.",
    "YEAR": lambda f, r: f"{label(f)} : {_quoted(r)} a une année à deux chiffres. Exportez les "
    "dates avec quatre chiffres, ou déclarez %y dans la correspondance.",
    "SWAPPED": lambda f, r: f"{label(f)} : {_quoted(r)} : le jour et le mois semblent inversés "
    "dans tout le fichier. Corrigez le format de date de la correspondance.",
    "CELL": lambda f, r: f"{label(f)} : la cellule contient l'erreur {_quoted(r)}. Corrigez la "
    "formule dans le classeur, puis déposez-le à nouveau.",
    "LARGE": lambda f, r: f"{label(f)} : {_quoted(r)} dépasse le plus grand nombre accepté. "
    "Vérifiez la colonne lue et le séparateur décimal.",
    "LOST": lambda f, r: f"{label(f)} : {_quoted(r)} a été abrégé par un tableur, des chiffres "
    "sont perdus. Mettez la colonne au format texte et exportez à nouveau.",
    "EMPTY": lambda f, _: f"{label(f)} : valeur obligatoire absente. Complétez la ligne, ou "
    "demandez un export complet au partenaire.",
    "NOTHING": lambda _, __: "La ligne ne donne ni support, ni quantité, ni montant. Vérifiez "
    "les colonnes de la correspondance.",
    "AMBIGUOUS": lambda f, r: f"{label(f)} : {_quoted(r)} peut se lire de deux façons (milliers "
    "ou décimales). Déclarez le séparateur décimal dans la correspondance.",
    "UNKNOWN": lambda f, r: f"{label(f)} : {_quoted(r)} n'est pas prévu par la correspondance. "
    "Ajoutez-le à la table des types, puis rejouez la livraison.",
    "SHORT": lambda _, r: f"La ligne a moins de cellules que d'en-têtes ({r}). Vérifiez les "
    "séparateurs et les guillemets de la ligne.",
    "LONG": lambda _, r: f"La ligne a plus de cellules que d'en-têtes ({r}). Vérifiez les "
    "séparateurs et les guillemets de la ligne.",
    "QUOTE": lambda _, __: "Un guillemet est mal placé : des cellules ou des lignes ont pu se "
    "confondre. Corrigez cette ligne, puis déposez le fichier à nouveau.",
    "PRECISION": lambda f, r: f"{label(f)} : {_quoted(r)} a plus de huit décimales : la valeur "
    "est arrondie à la huitième, le texte exact reste dans la ligne d'origine.",
}  # fmt: skip


def message(problem: str, field: str, raw: str) -> str:
    """Write what happened to a value, in French, with what to do."""
    return MESSAGES[problem](field, raw)


def row_anomalies(problems: pl.DataFrame) -> pl.DataFrame:
    """Turn problems (external_id, locator, field, raw, problem) into anomalies."""
    if problems.is_empty():
        return ANOMALIES.to_frame()
    written = [
        message(p, f, r or "") for p, f, r in problems.select("problem", "field", "raw").rows()
    ]
    found = [CODES[p] for p in problems["problem"]]
    severity = ["warning" if p in WARNINGS else "error" for p in problems["problem"]]
    frame = problems.with_columns(
        code=pl.Series(found, dtype=pl.String),
        severity=pl.Series(severity, dtype=pl.String),
        message=pl.Series(written, dtype=pl.String),
    )
    return frame.select(ANOMALIES.names()).cast(ANOMALIES)


def file_anomaly(code: str, severity: str, message: str, raw: str = "") -> pl.DataFrame:
    """Return one anomaly about the whole file."""
    row = {"external_id": "", "code": code, "severity": severity, "locator": "", "field": ""}
    return pl.DataFrame([{**row, "raw": raw, "message": message}], schema=ANOMALIES)
