"""Whether a postcode and a town may go together."""

import re
from typing import Final

from o2s_core.kernel.identifiers import search_key

#: Departments as the first digits of a postcode: 01 to 95, overseas, Monaco, CEDEX included.
DEPARTMENTS: Final = frozenset({f"{n:02d}" for n in range(1, 96)} | {"97", "98"})
#: The largest towns and how their postcodes begin (La Poste, base officielle des codes postaux).
TOWNS: Final = {
    "paris": ("75",), "marseille": ("130", "133"), "lyon": ("6900", "692", "693"),
    "toulouse": ("310", "311", "312", "313", "314", "315"), "nice": ("060", "061", "062", "063"),
    "nantes": ("440", "441", "442", "443"), "montpellier": ("340", "341", "342"),
    "strasbourg": ("670", "671", "672"), "bordeaux": ("330", "331", "332", "333"),
    "lille": ("590", "597", "598", "599", "591"), "rennes": ("350", "352", "357"),
    "reims": ("510", "511", "517"), "toulon": ("830", "831", "832"), "le havre": ("766", "760"),
    "grenoble": ("380", "381"), "dijon": ("210",), "angers": ("490", "491"),
    "nimes": ("300", "309"), "clermont ferrand": ("630", "631"), "le mans": ("720", "721"),
    "aix en provence": ("130", "131", "135", "136"), "brest": ("292", "290"),
    "tours": ("370", "372"), "amiens": ("800", "801"), "limoges": ("870",),
    "annecy": ("740", "743", "749"), "perpignan": ("660", "661", "669"), "metz": ("570",),
    "besancon": ("250",), "orleans": ("450",), "rouen": ("760", "761"), "mulhouse": ("681", "682"),
    "caen": ("140",), "nancy": ("540",), "avignon": ("840", "841"), "poitiers": ("860",),
    "la rochelle": ("170",), "pau": ("640",), "cannes": ("061", "064"), "antibes": ("066", "061"),
    "bayonne": ("641",), "biarritz": ("642",), "quimper": ("290",), "vannes": ("560",),
    "valence": ("260",), "chambery": ("730",), "troyes": ("100",), "saint etienne": ("420", "421"),
    "villeurbanne": ("691", "696"), "versailles": ("780",), "boulogne billancourt": ("921",),
    "neuilly sur seine": ("922", "925"), "saint denis": ("932", "974"), "ajaccio": ("200", "201"),
    "bastia": ("202", "206", "200"), "monaco": ("980",),
}  # fmt: skip


def wrong_postcode(postcode: str, country: str) -> str | None:
    """Say why a French postcode cannot exist; those of other countries are taken as they are."""
    if country != "FR" or not postcode:
        return None
    if not re.fullmatch(r"\d{5}", postcode) or postcode[:2] not in DEPARTMENTS:
        return "cinq chiffres, par exemple 69006."
    return None


def doubtful_town(postcode: str, town: str, country: str) -> str:
    """Return the warning that a postcode is not one of this town; empty when nothing tells."""
    named = re.sub(r"\b(cedex|\d+|er|eme|e)\b", " ", search_key(town))
    known = TOWNS.get(" ".join(named.split()))
    if country != "FR" or not postcode or known is None or postcode.startswith(known):
        return ""
    return f"Le code postal {postcode} n'est pas celui de {town} : vérifiez l'adresse."
