"""Which of our codes the words of another tool mean; a word that is not sure means none."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from o2s_core.aggregation.mapping.drafting import likely_kind
from o2s_core.contacts import vocabulary as words
from o2s_core.documents import CATEGORIES
from o2s_core.kernel.identifiers import search_key
from o2s_core.market.kinds import INSTRUMENT_KINDS
from o2s_core.portfolio.envelopes import ENVELOPES, MANAGEMENT_MODES
from o2s_core.portfolio.holders import RIGHTS, ROLES
from o2s_core.portfolio.movement_kinds import MOVEMENT_KINDS

#: Vocabulary -> our codes with their French label.
VOCABULARIES: Final[Mapping[str, Mapping[str, str]]] = {
    "kind": {k: v for k, v in words.KINDS.items() if k != "household"},
    "stage": words.STAGES,
    "civility": words.CIVILITIES,
    "marital_status": words.MARITAL_STATUSES,
    "regime": words.REGIMES,
    "capacity": words.CAPACITIES,
    "legal_form": words.LEGAL_FORMS,
    "segment": words.SEGMENTS,
    "origin": words.ORIGINS,
    "pep": words.PEP,
    "yes_no": words.YES_NO,
    "role": words.ROLES,
    "relation": {code: label for code, (label, _) in words.RELATIONS.items()},
    "country": words.countries(),
    "envelope": ENVELOPES,
    "management": MANAGEMENT_MODES,
    "right": RIGHTS,
    "holder_role": ROLES,
    "movement": MOVEMENT_KINDS,
    "instrument_kind": INSTRUMENT_KINDS,
    "document": CATEGORIES,
}
#: Other words for the same, as exports write them.
OTHERS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "kind": {
        "person": ("pp", "particulier", "physique", "individu"),
        "company": ("pm", "societe", "entreprise", "morale", "professionnel"),
    },
    "stage": {
        "client": ("actif", "client actif", "clients"),
        "former": ("ancien", "ex client", "inactif", "client inactif", "client perdu"),
        "prospect": ("suspect", "prospects", "prospect chaud"),
        "partner": ("prescripteur", "fournisseur", "apporteur"),
    },
    "civility": {
        "mme": ("mme", "mlle", "mademoiselle", "f", "mrs"),
        "m": ("m", "mr", "m.", "mr.", "h", "monsieur"),
    },
    "marital_status": {
        "single": ("celibataire", "seul e", "seul"),
        "married": ("marie", "mariee", "marie e", "marie s", "maries"),
        "civil_union": ("pacse", "pacsee", "pacs", "pacse e"),
        "cohabiting": ("concubin", "concubinage", "union libre", "vie maritale", "concubin e"),
        "separated": ("separe", "separee", "separe e", "separation de corps"),
        "divorced": ("divorce", "divorcee", "divorce e"),
        "widowed": ("veuf", "veuve", "veuf ve", "veuf veuve"),
    },
    "regime": {
        "reduced_community": ("communaute legale", "communaute reduite aux acquets", "legal",
                              "communaute"),
        "separation": ("separation de biens", "separation", "separatiste"),
        "participation": ("participation aux acquets",),
    },
    "capacity": {"capable": ("majeur", "majeur capable"), "minor": ("mineur", "mineure")},
    "legal_form": {"sarl": ("sarl", "eurl"), "sas": ("sas", "sasu"), "ei": ("ei", "eirl"),
                   "societe_civile": ("sc", "societe civile de portefeuille")},
    "origin": {"recommendation": ("parrainage", "bouche a oreille", "reco"),
               "introducer": ("apporteur", "prescripteur")},
    "pep": {"no": ("n", "0", "faux"), "yes": ("oui", "o", "1", "vrai")},
    "yes_no": {"no": ("n", "0", "faux"), "yes": ("o", "1", "vrai")},
    "role": {"head": ("tete", "principal", "declarant", "declarant 1", "chef de famille",
                      "titulaire"),
             "spouse": ("conjointe", "epoux", "epouse", "declarant 2", "partenaire"),
             "child": ("enfants", "fils", "fille", "enfant a charge")},
    "relation": {
        "spouse": ("conjointe", "epoux", "epouse", "mari", "femme", "conjoint e"),
        "civil_partner": ("pacs", "partenaire", "pacse e"),
        "cohabitant": ("concubine", "concubin e"),
        "parent": ("pere", "mere", "parents"),
        "child": ("fils", "fille", "enfants"),
        "sibling": ("frere", "soeur", "frere soeur"),
        "grandchild": ("petit fils", "petite fille"),
        "grandparent": ("grand pere", "grand mere"),
        "guardian": ("tuteur", "curateur", "tutrice", "curatrice"),
        "partner": ("associee", "actionnaire"),
        "director": ("gerant", "gerante", "president", "dirigeante", "representant"),
        "accountant": ("comptable", "expert comptable"),
        "introducer": ("apporteur d affaires", "prescripteur"),
    },
    "country": {"FR": ("francaise", "francais", "fra"), "BE": ("belge",), "CH": ("suisse",),
                "LU": ("luxembourgeoise",), "IT": ("italienne",), "ES": ("espagnole",),
                "PT": ("portugaise",), "DE": ("allemande",), "GB": ("britannique", "anglaise"),
                "US": ("americaine", "usa", "etats unis d amerique"), "MA": ("marocaine",),
                "DZ": ("algerienne",), "TN": ("tunisienne",)},
    "envelope": {
        "assurance_vie": ("assurance vie", "contrat d assurance vie", "av", "vie", "assvie"),
        "capitalisation": ("capitalisation", "capi", "bon de capitalisation",
                           "contrat de capitalisation"),
        "compte_titres": ("compte titres", "compte titre", "cto", "compte titres ordinaire"),
        "per_individuel": ("per", "perin", "per individuel", "plan epargne retraite",
                           "plan d epargne retraite"),
        "madelin": ("madelin", "retraite madelin"),
        "scpi": ("scpi", "parts de scpi"),
        "livret": ("livret", "compte sur livret", "csl"),
        "compte_courant": ("compte courant", "compte bancaire", "compte cheque", "cav"),
        "compte_a_terme": ("cat", "dat", "depot a terme"),
    },
    "management": {"free": ("libre",), "piloted": ("pilotee", "profilee", "sous pilotage"),
                   "mandate": ("mandat", "sous mandat", "gsm", "gestion sous mandat"),
                   "advised": ("conseillee",)},
    "right": {"full": ("pp", "pleine propriete"), "usufruct": ("us", "usufruit", "usufruitier"),
              "bare": ("np", "nue propriete", "nu proprietaire")},
    "holder_role": {"holder": ("titulaire principal", "principal"),
                    "co_holder": ("cotitulaire", "co titulaire", "co souscripteur",
                                  "cosouscripteur"),
                    "subscriber": ("souscripteur", "adherent")},
    "instrument_kind": {"opcvm": ("opc", "opcvm", "uc", "unite de compte", "fcp", "sicav",
                                  "fonds"),
                        "fonds_euros": ("fonds euro", "fonds euros", "fonds en euros", "euro",
                                        "fe"),
                        "cash": ("especes", "liquidites", "cash", "compte especes"),
                        "etf": ("tracker",), "share": ("actions",), "bond": ("obligations",)},
    "document": {"identity": ("cni", "passeport", "piece d identite", "identite"),
                 "address": ("justificatif de domicile", "domicile"),
                 "engagement": ("lettre de mission", "der", "entree en relation"),
                 "profile": ("profil", "profil investisseur", "kyc", "connaissance client"),
                 "advice": ("rapport de conseil", "adequation", "declaration d adequation"),
                 "contract": ("contrat", "bulletin de souscription", "avenant", "souscription"),
                 "statement": ("releve", "situation"), "tax": ("ifu", "avis d imposition",
                                                               "fiscal"),
                 "mail": ("courrier", "lettre")},
}  # fmt: skip


@cache
def _known(vocabulary: str) -> Mapping[str, str]:
    """Return every word that means one of our codes, as compared, with that code."""
    found: dict[str, str] = {}
    for code, label in VOCABULARIES[vocabulary].items():
        found |= dict.fromkeys((search_key(code), search_key(label)), code)
    for code, others in OTHERS.get(vocabulary, {}).items():
        found |= dict.fromkeys((search_key(other) for other in others), code)
    return found


def our_code(vocabulary: str, label: str) -> str | None:
    """Return the code that a word of another tool means, None when it is not sure."""
    if (code := _known(vocabulary).get(search_key(label))) is not None:
        return code
    if vocabulary == "movement" and (kind := likely_kind(label)) in MOVEMENT_KINDS:
        return kind
    return None


def choices(vocabulary: str) -> Mapping[str, str]:
    """Return our codes with their French label, as a picker offers them."""
    return VOCABULARIES[vocabulary]
