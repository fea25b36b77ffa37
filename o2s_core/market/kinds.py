"""The families of supports, their classes and the other codes, with their French names."""

from typing import Final

#: Kind of an instrument (Famille): what it is in law.
INSTRUMENT_KINDS: Final = {
    "opcvm": "OPCVM (SICAV, FCP)",
    "etf": "ETF",
    "share": "Action",
    "bond": "Obligation",
    "structured": "Produit structuré",
    "scpi": "SCPI",
    "sci": "SCI",
    "opci": "OPCI",
    "fcpr": "FCPR",
    "fcpi": "FCPI",
    "fip": "FIP",
    "fpci": "FPCI",
    "private": "Actif non coté",
    "fonds_euros": "Fonds en euros",
    "euro_croissance": "Euro-croissance",
    "cash": "Liquidités",
    "option": "Option, warrant",
    "right": "Droit, bon",
    "crypto": "Crypto-actif",
    "index": "Indice",
    "other": "Autre",
}
#: Asset class (Classe d'actifs): what moves its value.
ASSET_CLASSES: Final = {
    "equity": "Actions",
    "bond": "Obligations",
    "diversified": "Diversifié",
    "money_market": "Monétaire",
    "euro_fund": "Fonds en euros",
    "real_estate": "Immobilier",
    "private_equity": "Non coté",
    "structured": "Produits structurés",
    "commodity": "Matières premières",
    "alternative": "Gestion alternative",
    "crypto": "Crypto-actifs",
    "cash": "Liquidités",
    "unknown": "Non classé",
}
#: The class that a kind tells by itself; the others have to be said.
CLASS_OF_KIND: Final = {
    "share": "equity",
    "bond": "bond",
    "structured": "structured",
    "scpi": "real_estate",
    "sci": "real_estate",
    "opci": "real_estate",
    "fcpr": "private_equity",
    "fcpi": "private_equity",
    "fip": "private_equity",
    "fpci": "private_equity",
    "private": "private_equity",
    "fonds_euros": "euro_fund",
    "euro_croissance": "euro_fund",
    "cash": "cash",
    "crypto": "crypto",
}
#: Where a support stands in the list of the firm.
STATUSES: Final = {
    "active": "Actif",
    "provisional": "À compléter",
    "unidentified": "Non identifié",
    "inactive": "Inactif",
}
#: What a price is; a price typed by the firm wins over the others of its day.
PRICE_KINDS: Final = {
    "nav": "Valeur liquidative",
    "close": "Cours de clôture",
    "withdrawal": "Valeur de retrait",
    "manual": "Saisi par le cabinet",
    "absorbed": "Support absorbé, à parité",
}
#: What a code is, other than the ISIN of the support itself.
CODE_TYPES: Final = {
    "isin": "ISIN (ancien)",
    "cusip": "CUSIP",
    "sedol": "SEDOL",
    "wkn": "WKN",
    "ticker": "Mnémonique",
    "conid": "Identifiant du courtier",
    "partner": "Code du partenaire",
    "label": "Libellé du partenaire",
}
#: What a partner does; it may do several things.
PROVIDER_ROLES: Final = {
    "insurer": "Assureur",
    "bank": "Banque",
    "custodian": "Dépositaire",
    "platform": "Plateforme",
    "distributor": "Distributeur",
    "management": "Société de gestion",
}
#: What the firm decided about a support (Statut du cabinet).
DECISIONS: Final = {
    "approved": "Approuvé",
    "watched": "Sous surveillance",
    "excluded": "Exclu",
    "none": "Sans décision",
}
#: Where a support is invested.
ZONES: Final = {
    "world": "Monde",
    "europe": "Europe",
    "eurozone": "Zone euro",
    "france": "France",
    "north_america": "Amérique du Nord",
    "asia": "Asie",
    "emerging": "Pays émergents",
}
#: Envelopes that a support may be held in.
ELIGIBLE: Final = {
    "pea": "PEA",
    "pea_pme": "PEA-PME",
    "assurance_vie": "Assurance-vie",
    "per": "PER",
}
#: Labels that a fund may have been given.
LABELS: Final = {
    "isr": "ISR",
    "greenfin": "Greenfin",
    "finansol": "Finansol",
    "luxflag": "LuxFLAG",
    "towards": "Towards Sustainability",
    "relance": "Relance",
}
#: What an index does with the dividends of what it holds.
INCOMES: Final = {"price": "Prix (hors dividendes)", "total": "Dividendes réinvestis"}
#: Kinds without an ISIN: an amount at a partner, not a security.
WITHOUT_ISIN: Final = frozenset({"cash", "fonds_euros", "euro_croissance"})


def class_of(kind: str, said: str = "") -> str:
    """Return the asset class of an instrument: the one said, else the one of its kind."""
    return said or CLASS_OF_KIND.get(kind, "unknown")
