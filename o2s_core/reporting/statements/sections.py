"""What a statement may be made of, in the usual order: code in the store, French title."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

SECTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "letter": "Lettre d'accompagnement",
        "synthesis": "Synthèse",
        "allocation": "Répartition",
        "positions": "Positions",
        "contracts": "Contrat par contrat",
        "performance": "Performance",
        "movements": "Mouvements de la période",
        "costs": "Frais et prélèvements",
        "comment": "Commentaire",
        "glossary": "Lexique",
        "legal": "Mentions légales",
    }
)
