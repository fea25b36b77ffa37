"""What a document may be about: code in the store, French label on screen."""

from typing import Final

CATEGORIES: Final = {
    "identity": "Pièce d'identité",
    "address": "Justificatif de domicile",
    "bank": "RIB",
    "engagement": "Lettre de mission, DER",
    "profile": "Profil et connaissance client",
    "advice": "Rapport de conseil, adéquation",
    "contract": "Contrat, bulletin, avenant",
    "statement": "Relevé, situation",
    "client_statement": "État de compte",
    "tax": "Fiscalité",
    "mail": "Courrier",
    "other": "Autre",
}
#: What a document of a support may be.
SUPPORT_CATEGORIES: Final = {
    "kid": "DIC, DICI",
    "prospectus": "Prospectus",
    "report": "Rapport, reporting",
    "esg": "Durabilité (SFDR)",
    "terms": "Conditions, parts",
    "other": "Autre",
}
#: Whose document it is -> what it may be.
OF_OWNER: Final = {"contact": CATEGORIES, "instrument": SUPPORT_CATEGORIES}
