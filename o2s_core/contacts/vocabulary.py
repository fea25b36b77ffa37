"""The lists of the client file: code in the store, French label on screen."""

import gettext
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

import pycountry

from o2s_core.kernel.identifiers import search_key

KINDS: Final = {"person": "Personne physique", "company": "Personne morale", "household": "Foyer"}
STAGES: Final = {
    "prospect": "Prospect",
    "client": "Client",
    "former": "Ancien client",
    "partner": "Partenaire",
}
CIVILITIES: Final = {"mme": "Madame", "m": "Monsieur"}
MARITAL_STATUSES: Final = {
    "single": "Célibataire",
    "married": "Marié(e)",
    "civil_union": "Pacsé(e)",
    "cohabiting": "En concubinage",
    "separated": "Séparé(e) de corps",
    "divorced": "Divorcé(e)",
    "widowed": "Veuf, veuve",
}
#: Regimes of the Code civil, articles 1400 to 1581.
REGIMES: Final = {
    "reduced_community": "Communauté réduite aux acquêts",
    "universal_community": "Communauté universelle",
    "movable_community": "Communauté de meubles et acquêts",
    "separation": "Séparation de biens",
    "separation_with_acquests": "Séparation de biens avec société d'acquêts",
    "participation": "Participation aux acquêts",
    "foreign": "Régime étranger",
}
CAPACITIES: Final = {
    "capable": "Capable",
    "minor": "Mineur",
    "guardianship": "Tutelle",
    "curatorship": "Curatelle",
    "safeguard": "Sauvegarde de justice",
    "future_mandate": "Mandat de protection future",
    "family_authorisation": "Habilitation familiale",
}
PROTECTED: Final = frozenset(CAPACITIES) - {"capable", "minor"}
PEP: Final = {
    "no": "Non",
    "yes": "Oui, personne politiquement exposée",
    "close": "Proche d'une personne politiquement exposée",
}
YES_NO: Final = {"no": "Non", "yes": "Oui"}
SEGMENTS: Final = {"A": "A", "B": "B", "C": "C", "D": "D"}
ORIGINS: Final = {
    "recommendation": "Recommandation",
    "introducer": "Apporteur d'affaires",
    "network": "Réseau personnel",
    "event": "Évènement",
    "website": "Site internet",
    "acquisition": "Reprise de portefeuille",
    "import": "Import d'un partenaire",
    "other": "Autre",
}
LEGAL_FORMS: Final = {
    "sci": "SCI",
    "societe_civile": "Société civile",
    "sarl": "SARL, EURL",
    "sas": "SAS, SASU",
    "sa": "SA",
    "snc": "SNC",
    "sel": "SEL",
    "ei": "Entreprise individuelle",
    "association": "Association",
    "fondation": "Fondation, fonds de dotation",
    "indivision": "Indivision",
    "other": "Autre forme",
}
#: Forms that may exist without a SIREN.
WITHOUT_SIREN: Final = frozenset({"association", "indivision", "other"})
ROLES: Final = {
    "head": "Tête de foyer",
    "spouse": "Conjoint",
    "child": "Enfant",
    "ascendant": "Ascendant",
    "other": "Autre",
}
#: What somebody is for a contact, code -> (label, code seen from the other side).
RELATIONS: Final = {
    "spouse": ("Conjoint", "spouse"),
    "former_spouse": ("Ex-conjoint", "former_spouse"),
    "civil_partner": ("Partenaire de PACS", "civil_partner"),
    "cohabitant": ("Concubin", "cohabitant"),
    "parent": ("Parent", "child"),
    "child": ("Enfant", "parent"),
    "grandparent": ("Grand-parent", "grandchild"),
    "grandchild": ("Petit-enfant", "grandparent"),
    "sibling": ("Frère ou sœur", "sibling"),
    "legal_representative": ("Représentant légal", "represented"),
    "represented": ("Personne représentée", "legal_representative"),
    "guardian": ("Tuteur, curateur", "protected"),
    "protected": ("Personne protégée", "guardian"),
    "proxy": ("Mandataire", "principal"),
    "principal": ("Mandant", "proxy"),
    "partner": ("Associé", "company"),
    "company": ("Société dont il est associé", "partner"),
    "director": ("Dirigeant", "directed"),
    "directed": ("Société dirigée", "director"),
    "beneficial_owner": ("Bénéficiaire effectif", "owned"),
    "owned": ("Société détenue", "beneficial_owner"),
    "employee": ("Salarié", "employer"),
    "employer": ("Employeur", "employee"),
    "introducer": ("Apporteur", "introduced"),
    "introduced": ("Contact apporté", "introducer"),
    "notary": ("Notaire", "counselled"),
    "accountant": ("Expert-comptable", "counselled"),
    "lawyer": ("Avocat", "counselled"),
    "counselled": ("Client du conseil", "counsel"),
    "counsel": ("Conseil", "counselled"),
    "other": ("Autre lien", "other"),
}


@cache
def countries() -> Mapping[str, str]:
    """Return the countries of ISO 3166 in French order, France first."""
    french = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=["fr"])
    named = {c.alpha_2: french.gettext(c.name) for c in pycountry.countries}
    ordered = sorted(named, key=lambda code: (code != "FR", search_key(named[code])))
    return MappingProxyType({code: named[code] for code in ordered})
