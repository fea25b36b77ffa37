"""The envelopes an account can be, with their French names and the family they belong to."""

from types import MappingProxyType
from typing import Final

#: code -> label, in the order of the pick list; legal names, in lower case.
ENVELOPES: Final = MappingProxyType(
    {
        "assurance_vie": "Assurance-vie",
        "capitalisation": "Contrat de capitalisation",
        "compte_titres": "Compte-titres",
        "pea": "PEA",
        "pea_pme": "PEA-PME",
        "per_individuel": "PER individuel",
        "per_collectif": "PER collectif",
        "per_obligatoire": "PER obligatoire",
        "perp": "PERP",
        "madelin": "Contrat Madelin",
        "article_83": "Article 83",
        "pee": "PEE",
        "pei": "PEI",
        "perco": "PERCO",
        "scpi": "SCPI en direct",
        "fcpi_fip": "FCPI, FIP, FCPR en direct",
        "groupement_foncier": "Groupement foncier",
        "girardin": "Girardin",
        "livret_a": "Livret A",
        "ldds": "LDDS",
        "lep": "LEP",
        "livret_jeune": "Livret jeune",
        "livret": "Livret bancaire",
        "cel": "CEL",
        "pel": "PEL",
        "compte_a_terme": "Compte à terme",
        "compte_courant": "Compte courant",
        "compte_especes": "Compte espèces",
        "crypto": "Cryptoactifs",
        "autre": "Autre",
    }
)

#: How the account is managed: code -> label.
MANAGEMENT_MODES: Final = MappingProxyType(
    {
        "free": "Gestion libre",
        "piloted": "Gestion pilotée",
        "mandate": "Sous mandat",
        "advised": "Gestion conseillée",
    }
)


def envelope_label(code: str) -> str:
    """Return the French name of an envelope; an unknown code reads as itself."""
    return ENVELOPES.get(code, code)
