"""The words of wealth: what goods, debts, loans and budget lines may be."""

from types import MappingProxyType
from typing import Final

#: code -> (label, group of the balance sheet); the last are debts without a schedule.
_KINDS: Final = {
    "property": ("Immobilier", "property"),
    "business": ("Professionnel, parts de société", "business"),
    "furniture": ("Meubles", "other"),
    "claim": ("Créance", "other"),
    "art": ("Œuvre, collection", "other"),
    "vehicle": ("Véhicule", "other"),
    "gold": ("Or, métaux précieux", "other"),
    "crypto": ("Cryptoactifs", "other"),
    "other": ("Autre bien", "other"),
    "tax_debt": ("Dette fiscale", "tax_debt"),
    "family_debt": ("Dette familiale, restitution", "other_debt"),
    "other_debt": ("Autre dette", "other_debt"),
}
KINDS: Final = MappingProxyType({code: label for code, (label, _) in _KINDS.items()})
GROUP_OF: Final = MappingProxyType({code: group for code, (_, group) in _KINDS.items()})
DEBTS: Final = frozenset({"tax_debt", "family_debt", "other_debt"})
#: Groups of the balance sheet, in its order.
GROUPS: Final = MappingProxyType(
    {
        "cash": "Liquidités",
        "savings": "Épargne bancaire, salariale et retraite",
        "life_insurance": "Assurance-vie et capitalisation",
        "securities": "Titres",
        "property": "Immobilier",
        "business": "Professionnel",
        "other": "Autres biens",
        "loan": "Emprunts",
        "tax_debt": "Dettes fiscales",
        "other_debt": "Autres dettes",
    }
)
_ENVELOPES: Final = {
    "cash": ("livret_a", "ldds", "lep", "livret_jeune", "livret", "cel", "compte_courant",
             "compte_especes"),
    "savings": ("pel", "compte_a_terme", "per_individuel", "per_collectif", "per_obligatoire",
                "perp", "madelin", "article_83", "pee", "pei", "perco"),
    "life_insurance": ("assurance_vie", "capitalisation"),
    "securities": ("compte_titres", "pea", "pea_pme", "fcpi_fip"),
    "property": ("scpi", "groupement_foncier"),
}  # fmt: skip
ENVELOPE_GROUP: Final = MappingProxyType(
    {envelope: group for group, found in _ENVELOPES.items() for envelope in found}
)
#: How fast a good turns into money, fastest first.
LIQUIDITY: Final = MappingProxyType(
    {
        "now": "Immédiat",
        "month": "Sous un mois",
        "quarter": "Sous trois mois",
        "locked": "Bloqué ou nanti",
        "sale": "Sur vente",
    }
)
_LIQUID: Final = {"cash": "now", "savings": "locked", "life_insurance": "quarter",
                  "securities": "month"}  # fmt: skip
#: Money that is there under a month, though it is no current account.
_SOON: Final = frozenset({"pel", "compte_a_terme", "crypto"})
USES: Final = MappingProxyType(
    {
        "main_home": "Résidence principale",
        "second_home": "Résidence secondaire",
        "bare_let": "Locatif nu",
        "lmnp": "LMNP",
        "lmp": "LMP",
        "sci": "Détenu par une SCI",
        "land": "Terrain",
        "parking": "Parking, garage",
        "professional": "Local professionnel",
    }
)
TAX_SCHEMES: Final = MappingProxyType(
    {
        "none": "Aucun",
        "pinel": "Pinel",
        "denormandie": "Denormandie",
        "malraux": "Malraux",
        "historic": "Monument historique",
        "locavantages": "Loc'Avantages",
        "deficit": "Déficit foncier",
    }
)
DPE: Final = MappingProxyType({letter: letter for letter in "ABCDEFG"})
METHODS: Final = MappingProxyType(
    {
        "estimate": "Estimation du client",
        "adviser": "Estimation du cabinet",
        "expert": "Expertise, notaire",
        "purchase": "Prix d'achat",
        "market": "Prix de marché",
        "accounts": "Comptes annuels",
    }
)
ORIGINS: Final = MappingProxyType({"own": "Propre", "common": "Commun", "joint": "Indivis"})
LOAN_KINDS: Final = MappingProxyType({"amortising": "Amortissable", "bullet": "In fine"})
PURPOSES: Final = MappingProxyType(
    {
        "property": "Prêt immobilier",
        "bridge": "Prêt relais",
        "ptz": "Prêt à taux zéro",
        "works": "Prêt travaux",
        "consumer": "Crédit à la consommation",
        "professional": "Prêt professionnel",
        "other": "Autre prêt",
    }
)
RATE_TYPES: Final = MappingProxyType({"fixed": "Fixe", "variable": "Variable"})
STEPS: Final = MappingProxyType(
    {"1": "Mensuelle", "3": "Trimestrielle", "6": "Semestrielle", "12": "Annuelle"}
)
BASES: Final = MappingProxyType({"initial": "Capital initial", "outstanding": "Capital restant dû"})
DEFERRALS: Final = MappingProxyType(
    {"none": "Aucun", "partial": "Partiel (intérêts payés)", "total": "Total (intérêts ajoutés)"}
)
GUARANTEES: Final = MappingProxyType(
    {"none": "Aucune", "mortgage": "Hypothèque", "surety": "Caution", "pledge": "Nantissement"}
)
SIDES: Final = MappingProxyType({"income": "Revenu", "charge": "Charge"})
CATEGORIES: Final = MappingProxyType(
    {
        "salary": "Salaires, traitements",
        "pension": "Pensions, retraites",
        "self_employed": "Revenus d'indépendant",
        "dividends": "Revenus de placements",
        "rents": "Loyers",
        "allowances": "Allocations, aides",
        "other_income": "Autres revenus",
        "housing": "Logement",
        "living": "Vie courante",
        "children": "Enfants",
        "alimony": "Pensions versées",
        "insurance": "Assurances",
        "savings": "Épargne programmée",
        "taxes": "Impôts",
        "other_charge": "Autres charges",
    }
)
#: code -> label, and how many months go from one to the next.
FREQUENCIES: Final = MappingProxyType(
    {
        "monthly": "Par mois",
        "quarterly": "Par trimestre",
        "half_yearly": "Par semestre",
        "yearly": "Par an",
    }
)
EVERY: Final = MappingProxyType({"monthly": 1, "quarterly": 3, "half_yearly": 6, "yearly": 12})


def group_of_envelope(envelope: str) -> str:
    """Return the group of the balance sheet that an account belongs to."""
    return ENVELOPE_GROUP.get(envelope, "other")


def liquidity_of(group: str, envelope: str, *, pledged: bool) -> str:
    """Return how fast a good turns into money: a key of `LIQUIDITY`."""
    if pledged:
        return "locked"
    if envelope in _SOON:
        return "month"
    return "locked" if envelope == "fcpi_fip" else _LIQUID.get(group, "sale")
