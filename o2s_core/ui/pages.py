"""Every page of the application: its file, its address, its module and who may open it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from o2s_core.kernel.permissions import Permission

ROOT: Final = Path(__file__).parents[2] / "pages"


@dataclass(frozen=True, slots=True)
class PageSpec:
    """One page; `rubric` names its heading in a client's file, empty elsewhere."""

    file: str
    title: str
    url: str
    module: str
    needs: Permission
    menu: bool = False  #: shown among the pages of its module
    rubric: str = ""
    parent: str = ""  #: address of the page one step up the breadcrumb

    @property
    def path(self) -> Path:
        """Return where the script lies."""
        return ROOT / self.file


HOME, CONTACTS, TOOLS, MAIL = "Accueil", "Contacts", "Outils", "Messagerie"
SERVICES, ADMINISTRATION, ACCOUNT = "Services", "Administration", "Mon compte"

PAGES: Final = (
    PageSpec("home/home.py", "Accueil", "accueil", HOME, Permission.HOME_VIEW),
    PageSpec(
        "contacts/contacts.py", "Contacts", "contacts", CONTACTS, Permission.CONTACT_READ, menu=True
    ),
    PageSpec(
        "contacts/groups.py",
        "Foyers et regroupements",
        "groupes",
        CONTACTS,
        Permission.CONTACT_READ,
        menu=True,
        parent="contacts",
    ),
    PageSpec(
        "contacts/general.py",
        "Général",
        "dossier-general",
        CONTACTS,
        Permission.CONTACT_READ,
        rubric="Dossier",
    ),
    PageSpec(
        "contacts/coordinates.py",
        "Coordonnées",
        "dossier-coordonnees",
        CONTACTS,
        Permission.CONTACT_READ,
        rubric="Dossier",
    ),
    PageSpec(
        "steering/meeting.py",
        "Rendez-vous",
        "rendez-vous",
        CONTACTS,
        Permission.PORTFOLIO_READ,
        rubric="Dossier",
    ),
    PageSpec(
        "wealth/summary.py",
        "Synthèse",
        "patrimoine-synthese",
        CONTACTS,
        Permission.WEALTH_READ,
        rubric="Patrimoine",
    ),
    PageSpec(
        "wealth/goods.py",
        "Actifs / Passifs",
        "actifs-passifs",
        CONTACTS,
        Permission.WEALTH_READ,
        rubric="Patrimoine",
    ),
    PageSpec(
        "wealth/budget.py",
        "Budget",
        "budget",
        CONTACTS,
        Permission.WEALTH_READ,
        rubric="Patrimoine",
    ),
    PageSpec(
        "portfolio/synthesis.py",
        "Synthèse",
        "portefeuille-synthese",
        CONTACTS,
        Permission.PORTFOLIO_READ,
        rubric="Portefeuille",
    ),
    PageSpec(
        "portfolio/accounts.py",
        "Comptes",
        "portefeuille-comptes",
        CONTACTS,
        Permission.PORTFOLIO_READ,
        rubric="Portefeuille",
    ),
    PageSpec(
        "portfolio/performance.py",
        "Performance",
        "performance",
        CONTACTS,
        Permission.PORTFOLIO_READ,
        rubric="Portefeuille",
    ),
    PageSpec(
        "portfolio/gains.py",
        "Plus-values",
        "plus-values",
        CONTACTS,
        Permission.PORTFOLIO_READ,
        rubric="Portefeuille",
    ),
    PageSpec(
        "portfolio/audit.py",
        "Audit",
        "audit",
        CONTACTS,
        Permission.PORTFOLIO_READ,
        rubric="Portefeuille",
    ),
    PageSpec(
        "portfolio/switch.py",
        "Arbitrage",
        "arbitrage",
        CONTACTS,
        Permission.PORTFOLIO_READ,
        rubric="Portefeuille",
    ),
    PageSpec(
        "portfolio/movements.py",
        "Mouvements",
        "mouvements",
        CONTACTS,
        Permission.MOVEMENT_READ,
        rubric="Portefeuille",
    ),
    PageSpec(
        "reporting/statements.py",
        "États de compte",
        "etats-de-compte",
        CONTACTS,
        Permission.PORTFOLIO_READ,
        rubric="Portefeuille",
    ),
    PageSpec(
        "contacts/documents.py",
        "Documents",
        "dossier-documents",
        CONTACTS,
        Permission.DOCUMENT_READ,
        rubric="Autres",
    ),
    PageSpec(
        "wealth/register.py",
        "Immobilier & prêts",
        "immobilier-prets",
        CONTACTS,
        Permission.WEALTH_READ,
        rubric="Autres",
    ),
    PageSpec(
        "wealth/loan.py",
        "Prêt",
        "pret",
        CONTACTS,
        Permission.WEALTH_READ,
        parent="contacts",
    ),
    PageSpec(
        "portfolio/account.py",
        "Compte",
        "compte",
        CONTACTS,
        Permission.PORTFOLIO_READ,
        parent="contacts",
    ),
    PageSpec(
        "portfolio/situation.py",
        "Saisir une situation",
        "situation",
        CONTACTS,
        Permission.SITUATION_WRITE,
        parent="contacts",
    ),
    PageSpec("market/tools.py", "Outils", "outils", TOOLS, Permission.MARKET_READ, menu=True),
    PageSpec(
        "market/instruments.py",
        "Supports",
        "supports",
        TOOLS,
        Permission.MARKET_READ,
        menu=True,
        parent="outils",
    ),
    PageSpec(
        "market/instrument.py",
        "Support",
        "support",
        TOOLS,
        Permission.MARKET_READ,
        parent="supports",
    ),
    PageSpec(
        "market/compare.py",
        "Comparateur",
        "comparateur",
        TOOLS,
        Permission.MARKET_READ,
        menu=True,
        parent="outils",
    ),
    PageSpec(
        "market/favourites.py",
        "Fonds préférés",
        "fonds-preferes",
        TOOLS,
        Permission.MARKET_READ,
        menu=True,
        parent="outils",
    ),
    PageSpec(
        "market/catalogue.py",
        "Catalogue",
        "catalogue",
        TOOLS,
        Permission.MARKET_READ,
        menu=True,
        parent="outils",
    ),
    PageSpec(
        "market/offers.py",
        "Produits",
        "produits",
        TOOLS,
        Permission.MARKET_READ,
        menu=True,
        parent="outils",
    ),
    PageSpec(
        "market/providers.py",
        "Distributeurs",
        "distributeurs",
        TOOLS,
        Permission.MARKET_READ,
        menu=True,
        parent="outils",
    ),
    PageSpec(
        "market/provider.py",
        "Distributeur",
        "distributeur",
        TOOLS,
        Permission.MARKET_READ,
        parent="distributeurs",
    ),
    PageSpec(
        "market/requests.py",
        "Demandes de support",
        "demandes-support",
        TOOLS,
        Permission.MARKET_READ,
        menu=True,
        parent="outils",
    ),
    PageSpec(
        "market/model_portfolios.py",
        "Portefeuilles modèles",
        "portefeuilles-modeles",
        TOOLS,
        Permission.MARKET_READ,
        menu=True,
        parent="outils",
    ),
    PageSpec(
        "market/model_portfolio.py",
        "Portefeuille modèle",
        "portefeuille-modele",
        TOOLS,
        Permission.MARKET_READ,
        parent="portefeuilles-modeles",
    ),
    PageSpec(
        "portfolio/switches.py",
        "Arbitrages",
        "arbitrages",
        TOOLS,
        Permission.PORTFOLIO_READ,
        menu=True,
        parent="outils",
    ),
    PageSpec(
        "portfolio/proposal.py",
        "Proposition d'arbitrage",
        "proposition",
        TOOLS,
        Permission.PORTFOLIO_READ,
        parent="arbitrages",
    ),
    PageSpec(
        "market/library.py",
        "Documents",
        "bibliotheque",
        TOOLS,
        Permission.MARKET_READ,
        menu=True,
        parent="outils",
    ),
    PageSpec(
        "messaging/outbox.py", "Messagerie", "messages", MAIL, Permission.MAIL_READ, menu=True
    ),
    PageSpec(
        "services/home.py", "Services", "services", SERVICES, Permission.SERVICES_VIEW, menu=True
    ),
    PageSpec(
        "aggregation/aggregation.py",
        "Agrégation",
        "agregation",
        SERVICES,
        Permission.FEED_READ,
        menu=True,
        parent="services",
    ),
    PageSpec(
        "aggregation/feeds.py",
        "Flux",
        "flux",
        SERVICES,
        Permission.FEED_READ,
        menu=True,
        parent="agregation",
    ),
    PageSpec(
        "aggregation/broker_codes.py",
        "Codes courtier",
        "codes-courtier",
        SERVICES,
        Permission.FEED_READ,
        menu=True,
        parent="agregation",
    ),
    PageSpec(
        "aggregation/deliveries.py",
        "Livraisons",
        "livraisons",
        SERVICES,
        Permission.FEED_READ,
        menu=True,
        parent="agregation",
    ),
    PageSpec(
        "aggregation/delivery.py",
        "Livraison",
        "livraison",
        SERVICES,
        Permission.FEED_READ,
        parent="livraisons",
    ),
    PageSpec(
        "aggregation/anomalies.py",
        "Anomalies",
        "anomalies",
        SERVICES,
        Permission.FEED_READ,
        menu=True,
        parent="agregation",
    ),
    PageSpec(
        "aggregation/breaks.py",
        "Écarts",
        "ecarts",
        SERVICES,
        Permission.FEED_READ,
        menu=True,
        parent="agregation",
    ),
    PageSpec(
        "aggregation/attach.py",
        "Comptes à rattacher",
        "comptes-a-rattacher",
        SERVICES,
        Permission.FEED_ATTACH,
        menu=True,
        parent="agregation",
    ),
    PageSpec(
        "aggregation/mapping.py",
        "Correspondances",
        "correspondances",
        SERVICES,
        Permission.FEED_READ,
        menu=True,
        parent="agregation",
    ),
    PageSpec(
        "market/price_coverage.py",
        "Cours",
        "cours",
        SERVICES,
        Permission.PORTFOLIO_READ,
        menu=True,
        parent="services",
    ),
    PageSpec(
        "market/doubtful_prices.py",
        "Cours à confirmer",
        "cours-a-confirmer",
        SERVICES,
        Permission.MARKET_READ,
        menu=True,
        parent="cours",
    ),
    PageSpec(
        "market/rates.py",
        "Taux de change",
        "taux-de-change",
        SERVICES,
        Permission.MARKET_READ,
        menu=True,
        parent="cours",
    ),
    PageSpec(
        "reporting/statement_batches.py",
        "États de compte en série",
        "etats-en-serie",
        SERVICES,
        Permission.DOCUMENT_READ,
        menu=True,
        parent="services",
    ),
    PageSpec(
        "portfolio/filing.py",
        "Documents en série",
        "documents-en-serie",
        SERVICES,
        Permission.DOCUMENT_WRITE,
        menu=True,
        parent="services",
    ),
    PageSpec(
        "aggregation/data.py",
        "Données",
        "donnees",
        SERVICES,
        Permission.DATA_TAKEOVER,
        menu=True,
        parent="services",
    ),
    PageSpec(
        "aggregation/takeover.py",
        "Reprise",
        "reprise",
        SERVICES,
        Permission.DATA_TAKEOVER,
        parent="donnees",
    ),
    PageSpec(
        "aggregation/replay.py",
        "Rejeu de l'archive",
        "rejeu",
        SERVICES,
        Permission.FEED_REPLAY,
        parent="donnees",
    ),
    PageSpec(
        "administration/administration.py",
        "Administration",
        "administration",
        ADMINISTRATION,
        Permission.FIRM_READ,
        menu=True,
    ),
    PageSpec(
        "administration/firm.py",
        "Société",
        "societe",
        ADMINISTRATION,
        Permission.FIRM_READ,
        menu=True,
        parent="administration",
    ),
    PageSpec(
        "administration/agencies.py",
        "Agences et équipes",
        "agences-equipes",
        ADMINISTRATION,
        Permission.FIRM_READ,
        menu=True,
        parent="administration",
    ),
    PageSpec(
        "administration/users.py",
        "Utilisateurs",
        "utilisateurs",
        ADMINISTRATION,
        Permission.USER_READ,
        menu=True,
        parent="administration",
    ),
    PageSpec(
        "administration/rights.py",
        "Profils et droits",
        "profils-droits",
        ADMINISTRATION,
        Permission.RIGHTS_READ,
        menu=True,
        parent="administration",
    ),
    PageSpec(
        "administration/audit_log.py",
        "Journal d'audit",
        "journal",
        ADMINISTRATION,
        Permission.AUDIT_READ,
        menu=True,
        parent="administration",
    ),
    PageSpec(
        "messaging/mail_server.py",
        "Serveur d'envoi",
        "serveur-mail",
        ADMINISTRATION,
        Permission.MAIL_SERVER,
        menu=True,
        parent="administration",
    ),
    PageSpec(
        "administration/backups.py",
        "Sauvegardes",
        "sauvegardes",
        ADMINISTRATION,
        Permission.BACKUP_RUN,
        menu=True,
        parent="administration",
    ),
    PageSpec(
        "administration/my_account.py", "Mon compte", "mon-compte", ACCOUNT, Permission.HOME_VIEW
    ),
)


def built() -> tuple[PageSpec, ...]:
    """Return the pages whose script exists."""
    return tuple(spec for spec in PAGES if spec.path.is_file())


def by_url(url: str) -> PageSpec | None:
    """Return the page at an address such as `contacts`, or None."""
    return next((spec for spec in PAGES if spec.url == url.strip("/")), None)


def trail(spec: PageSpec) -> list[PageSpec]:
    """Return the pages above `spec`, nearest last: the breadcrumb."""
    above: list[PageSpec] = []
    parent = by_url(spec.parent) if spec.parent else None
    while parent is not None:
        above.insert(0, parent)
        parent = by_url(parent.parent) if parent.parent else None
    return above


def room(spec: PageSpec, open_to: Callable[[Permission], bool]) -> list[PageSpec]:
    """Return the tabs of a page: the nearest heading above that has pages, then those pages.

    `open_to` says whether the reader holds a permission: a heading whose pages are
    all closed to him leaves its place to the one above.
    """
    for heading in (spec, *reversed(trail(spec))):
        under = [p for p in built() if p.parent == heading.url and p.menu and open_to(p.needs)]
        if under:
            return [heading, *under] if open_to(heading.needs) else under
    return []
