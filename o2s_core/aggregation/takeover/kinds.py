"""Which exports a takeover reads, and which facts each may hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

TargetKind = Literal["text", "code", "day", "number", "share", "choice", "adviser"]

#: Where a takeover may stand, and how the screen says it.
STATES: Final = {
    "draft": "En préparation",
    "rehearsed": "Répétée",
    "committing": "Reprise en cours",
    "committed": "Reprise faite",
    "undoing": "Annulation en cours",
    "undone": "Annulée",
}
#: The exports, in the order in which they are read.
KINDS: Final = {
    "contacts": "Contacts",
    "relations": "Relations et foyers",
    "accounts": "Comptes et titulaires",
    "movements": "Historique des mouvements",
    "positions": "Situations à une date",
    "documents": "Index des documents",
    "archive": "Documents (archive ZIP)",
}
#: What a row of an export would become.
VERDICTS: Final = {
    "new": "Nouveau",
    "updated": "Modifié",
    "unchanged": "Inchangé",
    "conflict": "À décider",
    "error": "En erreur",
    "skipped": "Écarté",
}
#: What may be decided of a client who looks like one already known.
CHOICES: Final = {
    "same": "Même personne : compléter le dossier existant",
    "create": "Autre personne : créer un nouveau dossier",
    "skip": "Ne pas reprendre ce client",
}


@dataclass(frozen=True, slots=True)
class Target:
    """One fact that a column may hold; `names` are headings seen in exports, the surest first."""

    label: str
    kind: TargetKind = "text"
    required: bool = False
    names: tuple[str, ...] = ()
    vocabulary: str = ""  #: of a choice: key of `values.VOCABULARIES`


def _text(label: str, *names: str) -> Target:
    return Target(label, names=names)


def _day(label: str, *names: str) -> Target:
    return Target(label, "day", names=names)


def _number(label: str, *names: str) -> Target:
    return Target(label, "number", names=names)


def _choice(label: str, vocabulary: str, *names: str) -> Target:
    return Target(label, "choice", names=names, vocabulary=vocabulary)


FILE_CODES: Final = (
    "code de dossier", "code dossier", "code client", "code contact", "dossier", "id client",
    "identifiant client", "identifiant", "n client", "no client", "numero client",
    "reference client",
    "code", "id",
)  # fmt: skip
ACCOUNT_NUMBERS: Final = (
    "numero de contrat", "numero contrat", "n contrat", "no contrat", "numero de compte",
    "numero compte", "n compte", "no compte", "contrat", "compte", "numero", "police",
)  # fmt: skip
PROVIDERS: Final = (
    "fournisseur", "assureur", "compagnie", "distributeur", "partenaire", "etablissement",
    "depositaire", "banque", "plateforme",
)  # fmt: skip

CONTACTS: Final[Mapping[str, Target]] = {
    "file_code": Target("Code de dossier", "code", required=True, names=FILE_CODES),
    "last_name": _text("Nom", "nom", "nom d usage", "nom de famille", "nom usuel"),
    "first_name": _text("Prénom", "prenom", "prenoms", "prenom 1"),
    "legal_name": _text("Raison sociale", "raison sociale", "denomination", "societe"),
    "kind": _choice("Nature", "kind", "nature", "type de personne", "personne", "type personne"),
    "stage": _choice("Type de contact", "stage", "type", "type de contact", "statut", "etat",
                     "categorie"),
    "civility": _choice("Civilité", "civility", "civilite", "titre"),
    "birth_name": _text("Nom de naissance", "nom de naissance", "nom de jeune fille",
                        "nom naissance"),
    "birth_date": _day("Date de naissance", "date de naissance", "date naissance", "ne e le",
                       "ne le", "naissance", "date de creation"),
    "birth_place": _text("Lieu de naissance", "lieu de naissance", "lieu naissance",
                         "commune de naissance", "ville de naissance"),
    "death_date": _day("Date de décès", "date de deces", "date deces", "decede le"),
    "nationality": _choice("Nationalité", "country", "nationalite"),
    "tax_country": _choice("Résidence fiscale", "country", "residence fiscale",
                           "pays de residence fiscale", "pays fiscal"),
    "marital_status": _choice("Situation familiale", "marital_status", "situation familiale",
                              "situation de famille", "situation matrimoniale", "etat civil"),
    "matrimonial_regime": _choice("Régime matrimonial", "regime", "regime matrimonial", "regime"),
    "legal_capacity": _choice("Capacité juridique", "capacity", "capacite juridique", "capacite"),
    "profession": _text("Profession", "profession", "metier", "activite"),
    "siren": Target("SIREN", "code", names=("siren", "numero siren", "siret")),
    "legal_form": _choice("Forme juridique", "legal_form", "forme juridique", "forme"),
    "email": _text("E-mail", "email", "e mail", "mail", "adresse mail", "adresse email",
                   "courriel", "email 1"),
    "phone": Target("Téléphone", "code", names=("telephone", "mobile", "portable", "tel",
                    "telephone mobile", "telephone portable", "telephone 1", "tel mobile")),
    "segment": _choice("Segment", "segment", "segment", "classe"),
    "origin": _choice("Origine", "origin", "origine", "provenance"),
    "client_number": Target("Numéro client", "code", names=("numero client", "n client",
                            "matricule")),
    "adviser": Target("Conseiller", "adviser", names=("conseiller", "conseiller principal",
                      "gestionnaire", "suivi par", "charge de clientele", "cgp", "interlocuteur")),
    "pep": _choice("Personne politiquement exposée", "pep", "ppe",
                   "personne politiquement exposee"),
    "us_person": _choice("US person", "yes_no", "us person", "fatca", "us citizen"),
    "comment": _text("Commentaire", "commentaire", "commentaires", "note", "observations",
                     "remarques"),
    "household": Target("Foyer", "code", names=("foyer", "code foyer", "nom du foyer", "famille")),
    "role": _choice("Rôle dans le foyer", "role", "role foyer", "role dans le foyer", "role"),
    "total": _number("Encours annoncé", "encours", "encours total", "total encours",
                     "total avoirs"),
}  # fmt: skip
RELATIONS: Final[Mapping[str, Target]] = {
    "file_code": Target("Code de dossier", "code", required=True, names=(
        "code de dossier", "code dossier", "contact 1", "code contact 1", "contact", "dossier",
        "code client", "membre", "code membre", "code")),
    "other": Target("Autre contact", "code", names=(
        "contact 2", "code contact 2", "contact lie", "code contact lie", "dossier lie",
        "code lie", "code dossier lie", "autre contact")),
    "relation": _choice("Relation", "relation", "relation", "lien", "type de relation",
                        "type de lien", "nature du lien", "lien de parente"),
    "household": Target("Foyer", "code", names=("foyer", "code foyer", "nom du foyer")),
    "role": _choice("Rôle dans le foyer", "role", "role", "role foyer", "role dans le foyer"),
    "since": _day("Depuis le", "depuis", "date de debut", "date debut"),
    "until": _day("Jusqu'au", "jusqu au", "date de fin", "date fin"),
    "comment": _text("Commentaire", "commentaire", "note"),
}  # fmt: skip
ACCOUNTS: Final[Mapping[str, Target]] = {
    "number": Target("Numéro de contrat", "code", required=True, names=ACCOUNT_NUMBERS),
    "provider": Target("Fournisseur", required=True, names=PROVIDERS),
    "holder": Target("Titulaire (code de dossier)", "code", required=True, names=(
        "code de dossier", "code dossier", "code client", "code titulaire", "titulaire",
        "souscripteur", "id client", "client", "dossier", "code")),
    "share": Target("Part", "share", names=("part", "quote part", "pourcentage", "part %",
                    "detention")),
    "right": _choice("Droit", "right", "droit", "nature du droit", "propriete"),
    "holder_role": _choice("Rôle du titulaire", "holder_role", "role", "role titulaire",
                           "qualite"),
    "envelope": _choice("Enveloppe", "envelope", "enveloppe", "type de contrat", "type contrat",
                        "nature du contrat", "type", "categorie", "cadre fiscal", "nature"),
    "label": _text("Intitulé", "intitule", "libelle", "libelle contrat", "nom du contrat"),
    "product": _text("Produit", "produit", "nom du produit", "nom produit", "contrat commercial"),
    "opened_on": _day("Date d'ouverture", "date d ouverture", "date ouverture", "date d effet",
                      "date effet", "date de souscription", "souscrit le", "ouvert le"),
    "closed_on": _day("Date de clôture", "date de cloture", "date cloture", "clos le",
                      "date de fermeture"),
    "currency": Target("Devise", "code", names=("devise", "monnaie")),
    "management": _choice("Mode de gestion", "management", "mode de gestion", "gestion"),
    "adviser": Target("Conseiller du compte", "adviser", names=("conseiller", "gestionnaire")),
    "comment": _text("Commentaire", "commentaire", "note", "observations"),
    "total": _number("Encours annoncé", "encours", "valorisation", "valeur", "solde", "montant"),
}  # fmt: skip
MOVEMENTS: Final[Mapping[str, Target]] = {
    "account": Target("Numéro de contrat", "code", required=True, names=ACCOUNT_NUMBERS),
    "provider": Target("Fournisseur", names=PROVIDERS),
    "trade_on": Target("Date d'opération", "day", required=True, names=(
        "date d operation", "date operation", "date du mouvement", "date mouvement", "date d effet",
        "date comptable", "date")),
    "value_on": _day("Date de valeur", "date de valeur", "date valeur"),
    "kind": Target("Type d'opération", "choice", required=True, vocabulary="movement", names=(
        "type d operation", "type operation", "type de mouvement", "type mouvement", "operation",
        "nature de l operation", "nature", "mouvement", "sens", "type", "libelle operation")),
    "isin": Target("ISIN", "code", names=("isin", "code isin")),
    "label": _text("Support", "support", "libelle support", "nom du support", "fonds", "libelle",
                   "designation", "valeur"),
    "quantity": _number("Quantité", "quantite", "nombre de parts", "nb parts", "nb de parts",
                        "parts", "qte"),
    "price": _number("Cours", "cours", "vl", "valeur liquidative", "prix"),
    "net": _number("Montant net", "montant net", "net", "montant", "montant eur"),
    "gross": _number("Montant brut", "montant brut", "brut"),
    "fees": _number("Frais", "frais", "droits d entree"),
    "taxes": _number("Taxes", "taxes", "prelevements", "impots"),
    "currency": Target("Devise", "code", names=("devise", "monnaie")),
    "reference": Target("Référence", "code", names=("reference", "reference operation",
                        "n operation", "no operation", "id operation")),
}  # fmt: skip
POSITIONS: Final[Mapping[str, Target]] = {
    "account": Target("Numéro de contrat", "code", required=True, names=ACCOUNT_NUMBERS),
    "provider": Target("Fournisseur", names=PROVIDERS),
    "as_of": Target("Date de situation", "day", required=True, names=(
        "date de situation", "date situation", "date de valorisation", "date valorisation",
        "date d arrete", "date")),
    "isin": Target("ISIN", "code", names=("isin", "code isin")),
    "label": _text("Support", "support", "libelle support", "nom du support", "fonds", "libelle",
                   "designation"),
    "instrument_kind": _choice("Nature du support", "instrument_kind", "nature du support",
                               "type de support", "nature", "type"),
    "quantity": _number("Quantité", "quantite", "nombre de parts", "nb parts", "nb de parts",
                        "parts", "qte"),
    "price": _number("Cours", "cours", "vl", "valeur liquidative", "prix"),
    "price_on": _day("Date du cours", "date vl", "date du cours", "date cours"),
    "unit_cost": _number("Prix de revient unitaire", "pru", "pam", "prix de revient",
                         "prix de revient unitaire"),
    "value": _number("Valorisation", "valorisation", "montant", "valeur", "encours",
                     "contre valeur", "valorisation eur"),
    "currency": Target("Devise", "code", names=("devise", "monnaie")),
}  # fmt: skip
DOCUMENTS: Final[Mapping[str, Target]] = {
    "file_code": Target("Code de dossier", "code", required=True, names=FILE_CODES),
    "file_name": Target("Nom du fichier", required=True, names=(
        "nom du fichier", "nom fichier", "fichier", "chemin", "document")),
    "title": _text("Titre", "titre", "intitule", "libelle", "nom du document", "objet"),
    "category": _choice("Catégorie", "document", "categorie", "type", "type de document",
                        "nature", "rubrique"),
    "dated_on": _day("Date du document", "date du document", "date document", "date", "cree le"),
    "signed_on": _day("Signé le", "date de signature", "date signature", "signe le"),
    "signers": _text("Signataires", "signataires", "signataire", "signe par"),
    "valid_until": _day("Valable jusqu'au", "valable jusqu au", "date de validite", "expire le",
                        "date d expiration", "validite"),
    "account": Target("Numéro de contrat", "code", names=ACCOUNT_NUMBERS[:-3]),
    "sha256": Target("Empreinte SHA-256", "code", names=("sha256", "sha 256", "empreinte",
                     "hash")),
}  # fmt: skip

#: Kind of export -> its facts.
TARGETS: Final[Mapping[str, Mapping[str, Target]]] = {
    "contacts": CONTACTS,
    "relations": RELATIONS,
    "accounts": ACCOUNTS,
    "movements": MOVEMENTS,
    "positions": POSITIONS,
    "documents": DOCUMENTS,
    "archive": {},
}
