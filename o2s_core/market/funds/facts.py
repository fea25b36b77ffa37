"""What is known of a fund, by name: how the screen calls it and in which unit it is."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Known:
    """One thing that may be known of a fund."""

    label: str
    unit: str = ""  #: ratio, figure, years, word


#: Template of a manufacturer's file -> what it is about.
TEMPLATES: Final = MappingProxyType(
    {
        "emt": "EMT (marché cible et coûts)",
        "ept": "EPT (données du DIC)",
        "eet": "EET (durabilité)",
        "tpt": "TPT (inventaire)",
    }
)
RISKS: Final = MappingProxyType(
    {
        "risk.sri": Known("SRI", "figure"),
        "risk.srri": Known("SRRI (ancien indicateur)", "figure"),
        "risk.volatility": Known("Volatilité équivalente à la VaR", "ratio"),
        "risk.holding_years": Known("Durée de détention recommandée", "years"),
    }
)
#: Ex ante, as a share of the amount invested or of the net assets each year.
COSTS: Final = MappingProxyType(
    {
        "cost.entry": Known("Entrée, maximum", "ratio"),
        "cost.entry_kept": Known("Entrée acquise au fonds, maximum", "ratio"),
        "cost.exit": Known("Sortie, maximum", "ratio"),
        "cost.exit_kept": Known("Sortie acquise au fonds, maximum", "ratio"),
        "cost.ongoing": Known("Coûts courants par an", "ratio"),
        "cost.management": Known("dont frais de gestion", "ratio"),
        "cost.distribution": Known("dont rétrocession au distributeur", "ratio"),
        "cost.transaction": Known("Coûts de transaction par an", "ratio"),
        "cost.performance": Known("Commission de performance par an", "ratio"),
    }
)
#: Ex post: what was charged over the last period reported, as a share of the net assets.
PAST_COSTS: Final = MappingProxyType(
    {
        "past.ongoing": Known("Coûts courants constatés", "ratio"),
        "past.management": Known("dont frais de gestion constatés", "ratio"),
        "past.distribution": Known("dont rétrocession constatée", "ratio"),
        "past.transaction": Known("Coûts de transaction constatés", "ratio"),
        "past.incidental": Known("Coûts accessoires constatés", "ratio"),
    }
)
#: Heading of the target market -> its criteria.
TARGET: Final = MappingProxyType(
    {
        "Type de client": {
            "target.retail": Known("Client de détail", "word"),
            "target.professional": Known("Client professionnel", "word"),
            "target.counterparty": Known("Contrepartie éligible", "word"),
        },
        "Connaissance": {
            "target.basic": Known("Investisseur débutant", "word"),
            "target.informed": Known("Investisseur informé", "word"),
            "target.advanced": Known("Investisseur averti", "word"),
            "target.expert": Known("Investisseur expert", "word"),
        },
        "Capacité à subir des pertes": {
            "target.no_loss": Known("Aucune perte en capital", "word"),
            "target.limited_loss": Known("Pertes limitées", "word"),
            "target.loss_level": Known("Niveau de perte accepté", "figure"),
            "target.no_guarantee": Known("Sans garantie du capital", "word"),
            "target.beyond_capital": Known("Pertes au-delà du capital", "word"),
        },
        "Tolérance au risque": {
            "target.risk_tolerance": Known("Niveau de risque (SRI)", "figure"),
        },
        "Objectifs": {
            "target.preservation": Known("Préserver le capital", "word"),
            "target.growth": Known("Faire croître le capital", "word"),
            "target.income": Known("Recevoir des revenus", "word"),
            "target.hedging": Known("Se couvrir", "word"),
            "target.leveraged": Known("Rendement optionnel ou à levier", "word"),
            "target.sustainability": Known("Préférences de durabilité", "word"),
        },
        "Horizon": {"target.horizon": Known("Durée minimale de détention", "years")},
        "Distribution": {
            "target.execution_only": Known("Exécution simple", "word"),
            "target.appropriateness": Known("Exécution avec test du caractère approprié", "word"),
            "target.advice": Known("Conseil en investissement", "word"),
            "target.management": Known("Gestion sous mandat", "word"),
        },
    }
)
DURABILITY: Final = MappingProxyType(
    {
        "esg.sfdr": Known("Article SFDR", "figure"),
        "esg.sustainable": Known("Investissements durables, minimum", "ratio"),
        "esg.environmental": Known("Objectif environnemental, minimum", "ratio"),
        "esg.social": Known("Objectif social, minimum", "ratio"),
        "esg.taxonomy": Known("Alignés sur la taxonomie, minimum", "ratio"),
        "esg.taxonomy_no_sovereign": Known(
            "Alignés sur la taxonomie hors obligations d'État, minimum", "ratio"
        ),
        "esg.pai": Known("Principales incidences négatives prises en compte", "word"),
    }
)
FUND: Final = MappingProxyType(
    {
        "fund.price": Known("Valeur de la part", "figure"),
        "fund.assets": Known("Actif net", "figure"),
        "fund.shares": Known("Nombre de parts", "figure"),
        "fund.cash_ratio": Known("Part de liquidités", "ratio"),
    }
)
#: Field of the EET -> adverse impact (annex I of regulation (EU) 2022/1288).
IMPACTS: Final = MappingProxyType(
    {
        "pai.30030": "Émissions de GES, scope 1",
        "pai.30070": "Émissions de GES, scope 2",
        "pai.30110": "Émissions de GES, scope 3",
        "pai.30150": "Émissions de GES, scopes 1 et 2",
        "pai.30190": "Émissions de GES, total",
        "pai.30230": "Empreinte carbone, scopes 1 et 2",
        "pai.30270": "Empreinte carbone, total",
        "pai.30310": "Intensité de GES des sociétés, scopes 1 et 2",
        "pai.30350": "Intensité de GES des sociétés, total",
        "pai.30390": "Exposition aux combustibles fossiles",
        "pai.30430": "Consommation d'énergie non renouvelable",
        "pai.30470": "Production d'énergie non renouvelable",
        "pai.30510": "Intensité énergétique, secteur A de la NACE",
        "pai.30550": "Intensité énergétique, secteur B de la NACE",
        "pai.30590": "Intensité énergétique, secteur C de la NACE",
        "pai.30630": "Intensité énergétique, secteur D de la NACE",
        "pai.30670": "Intensité énergétique, secteur E de la NACE",
        "pai.30710": "Intensité énergétique, secteur F de la NACE",
        "pai.30750": "Intensité énergétique, secteur G de la NACE",
        "pai.30790": "Intensité énergétique, secteur H de la NACE",
        "pai.30830": "Intensité énergétique, secteur M de la NACE",
        "pai.30870": "Biodiversité",
        "pai.30910": "Rejets dans l'eau",
        "pai.30950": "Déchets dangereux",
        "pai.30990": "Violations des principes de l'ONU et de l'OCDE",
    }
)
#: Name -> what it is; adverse impacts are named by `impact_label`.
FACTS: Final = MappingProxyType(
    {
        **RISKS,
        **COSTS,
        **PAST_COSTS,
        **{name: known for group in TARGET.values() for name, known in group.items()},
        **DURABILITY,
        **FUND,
    }
)
#: Word of a file -> how the screen says it, and whether it is for, against or neither.
WORDS: Final = MappingProxyType(
    {
        "positive": ("Oui", "positive"),
        "neutral": ("Neutre", "neutral"),
        "negative": ("Non", "negative"),
        "per_se": ("Professionnels par nature", "positive"),
        "elective": ("Professionnels sur option", "positive"),
        "retail": ("Clients de détail", "positive"),
        "professional": ("Professionnels", "positive"),
        "both": ("Tous les clients", "positive"),
        "yes": ("Oui", "positive"),
        "no": ("Non", "negative"),
        "very_short": ("Moins d'un an", ""),
        "short": ("Un à trois ans", ""),
        "medium": ("Trois à cinq ans", ""),
        "long": ("Plus de cinq ans", ""),
        "maturity": ("Jusqu'à l'échéance", ""),
    }
)
#: Category of a CIC code (Solvency II, third character) -> what the line is.
ASSETS: Final = MappingProxyType(
    {
        "1": "Obligations d'État",
        "2": "Obligations d'entreprise",
        "3": "Actions",
        "4": "Fonds",
        "5": "Titres structurés",
        "6": "Titres garantis par des actifs",
        "7": "Liquidités et dépôts",
        "8": "Prêts",
        "9": "Immobilier",
        "0": "Autres",
        "A": "Contrats à terme",
        "B": "Options d'achat",
        "C": "Options de vente",
        "D": "Swaps",
        "E": "Contrats à terme de gré à gré",
        "F": "Dérivés de crédit",
        "L": "Dettes",
    }
)


def label_of(name: str) -> str:
    """Return how the screen calls a fact, an adverse impact included."""
    if name in FACTS:
        return FACTS[name].label
    return IMPACTS.get(name) or f"Autre incidence (champ {name.removeprefix('pai.')})"


def group_of(name: str) -> str:
    """Return the group that a fact belongs to: risk, cost, past, target, esg, pai or fund."""
    return name.partition(".")[0]
