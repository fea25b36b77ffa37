"""The named rights of the application; a profile is a set of them."""

from enum import StrEnum
from typing import Self


class Permission(StrEnum):
    """What a profile may do: the stored code, its French name, the module it belongs to."""

    label: str
    module: str

    def __new__(cls, code: str, label: str = "", module: str = "") -> Self:
        """Make a right that is its code, and knows its name on screen."""
        made = str.__new__(cls, code)
        made._value_ = code
        made.label = label or code
        made.module = module
        return made

    # Accueil and general
    HOME_VIEW = "home.view", "Voir l'accueil", "Accueil"
    NOTIFICATION_VIEW = "notification.view", "Voir les notifications", "Accueil"
    SELF_MANAGE = "self.manage", "Gérer son propre compte", "Accueil"
    FILE_DOWNLOAD = "file.download", "Télécharger un fichier préparé", "Accueil"
    # Contacts
    CONTACT_READ = "contact.read", "Consulter les contacts", "Contacts"
    CONTACT_WRITE = "contact.write", "Créer et modifier un contact", "Contacts"
    CONTACT_DELETE = "contact.delete", "Supprimer un contact", "Contacts"
    CONTACT_REASSIGN = "contact.reassign", "Changer le conseiller d'un contact", "Contacts"
    CONTACT_EXPORT = "contact.export", "Exporter la liste des contacts", "Contacts"
    CONTACT_SENSITIVE = "contact.sensitive", "Voir IBAN, NIF et pièces d'identité", "Contacts"
    CONTACT_BANK = "contact.bank", "Enregistrer le RIB d'un contact", "Contacts"
    DOCUMENT_READ = "document.read", "Consulter les documents d'un dossier", "Contacts"
    DOCUMENT_WRITE = "document.write", "Ranger un document dans un dossier", "Contacts"
    # Portfolio
    PORTFOLIO_READ = "portfolio.read", "Consulter les portefeuilles", "Portefeuille"
    ACCOUNT_WRITE = "account.write", "Créer et modifier un compte", "Portefeuille"
    ACCOUNT_DELETE = "account.delete", "Supprimer un compte", "Portefeuille"
    ACCOUNT_PURGE = "account.purge", "Effacer un compte et son historique", "Portefeuille"
    ACCOUNT_REASSIGN = "account.reassign", "Réaffecter un compte importé", "Portefeuille"
    SITUATION_WRITE = "situation.write", "Saisir une situation", "Portefeuille"
    POSITION_CORRECT = "position.correct", "Corriger à la main une ligne", "Portefeuille"
    MOVEMENT_READ = "movement.read", "Consulter les mouvements", "Portefeuille"
    MOVEMENT_WRITE = "movement.write", "Saisir et corriger un mouvement", "Portefeuille"
    SWITCH_PROPOSE = "switch.propose", "Proposer un arbitrage", "Portefeuille"
    PORTFOLIO_EXPORT = "portfolio.export", "Exporter un portefeuille", "Portefeuille"
    PORTFOLIO_SCORE = "portfolio.score", "Voir la note interne de l'audit", "Portefeuille"
    STATEMENT_MODEL = "statement.model", "Écrire un modèle d'état de compte", "Portefeuille"
    # Wealth
    WEALTH_READ = "wealth.read", "Consulter le patrimoine et le budget", "Patrimoine"
    WEALTH_WRITE = "wealth.write", "Tenir biens, prêts et budget", "Patrimoine"
    WEALTH_DELETE = "wealth.delete", "Supprimer un bien ou un prêt", "Patrimoine"
    WEALTH_EXPORT = "wealth.export", "Éditer un bilan ou un échéancier", "Patrimoine"
    # Messaging
    MAIL_READ = "mail.read", "Consulter les messages envoyés", "Messagerie"
    MAIL_SEND = "mail.send", "Envoyer un message à un client", "Messagerie"
    # Market
    MARKET_READ = "market.read", "Consulter les supports et distributeurs", "Outils"
    INSTRUMENT_WRITE = "instrument.write", "Créer et modifier un support", "Outils"
    PROVIDER_WRITE = "provider.write", "Créer et modifier un distributeur", "Outils"
    PRICE_WRITE = "price.write", "Saisir et charger des cours", "Outils"
    MODEL_WRITE = "model.write", "Définir les portefeuilles modèles", "Outils"
    FUND_DECIDE = "fund.decide", "Approuver, surveiller ou exclure un support", "Outils"
    FIRM_DOCUMENT_WRITE = "firm_document.write", "Ranger un document du cabinet", "Outils"
    CATALOGUE_WRITE = "catalogue.write", "Composer les gammes et les fonds du cabinet", "Outils"
    INSTRUMENT_REQUEST = "missing.request", "Demander la création d'un support", "Outils"
    MARKET_EXPORT = "market.export", "Exporter les supports", "Outils"
    # Aggregation
    FEED_READ = "feed.read", "Consulter les flux et les livraisons", "Agrégation"
    FEED_WRITE = "feed.write", "Créer et modifier un flux", "Agrégation"
    FEED_RECEIVE = "feed.receive", "Déposer un fichier de partenaire", "Agrégation"
    FEED_ATTACH = "feed.attach", "Rattacher un compte inconnu", "Agrégation"
    FEED_ACCEPT = "feed.accept", "Accepter un compte en quarantaine", "Agrégation"
    FEED_CANCEL = "feed.cancel", "Annuler une livraison", "Agrégation"
    FEED_REPLAY = "feed.replay", "Rejouer toutes les livraisons", "Agrégation"
    BREAK_DECIDE = "feed.breaks", "Traiter un écart", "Agrégation"
    MAPPING_WRITE = "mapping.write", "Créer et modifier une correspondance", "Agrégation"
    FEED_EXPORT = "feed.export", "Exporter les livraisons et anomalies", "Agrégation"
    # Services
    SERVICES_VIEW = "services.view", "Ouvrir les Services", "Services"
    DATA_TAKEOVER = "data.takeover", "Reprendre les données d'un autre outil", "Services"
    SETTINGS_WRITE = "admin.settings", "Régler le cabinet", "Services"
    TEAM_SETTINGS_WRITE = "team.settings", "Régler son équipe", "Services"
    # Administration
    ADMIN_VIEW = "admin.view", "Ouvrir l'Administration", "Administration"
    FIRM_READ = "admin.firm_read", "Consulter la fiche du cabinet", "Administration"
    FIRM_WRITE = "admin.firm", "Modifier la fiche du cabinet", "Administration"
    TEAM_WRITE = "admin.team", "Organiser agences et équipes", "Administration"
    USER_READ = "admin.user_read", "Consulter les utilisateurs", "Administration"
    USER_WRITE = "admin.user", "Créer et modifier un utilisateur", "Administration"
    USER_DISABLE = "admin.user_disable", "Désactiver un utilisateur", "Administration"
    USER_RESET = "admin.user_reset", "Réinitialiser un accès", "Administration"
    USER_EXPORT = "admin.user_export", "Exporter les droits des utilisateurs", "Administration"
    SESSION_CLOSE = "admin.session", "Fermer les sessions d'un utilisateur", "Administration"
    RIGHTS_READ = "admin.rights_read", "Consulter profils et droits", "Administration"
    SECURITY_WRITE = "admin.security", "Régler la sécurité des accès", "Administration"
    MAIL_SERVER = "admin.mail", "Régler le serveur d'envoi des e-mails", "Administration"
    AUDIT_READ = "audit.read", "Consulter le journal d'audit", "Administration"
    AUDIT_EXPORT = "audit.export", "Exporter le journal d'audit", "Administration"
    BACKUP_READ = "backup.read", "Consulter les sauvegardes", "Administration"
    BACKUP_RUN = "backup.run", "Lancer une sauvegarde", "Administration"
    BACKUP_DOWNLOAD = "backup.download", "Télécharger une sauvegarde", "Administration"
    HEALTH_READ = "admin.health", "Voir l'état du système", "Administration"
    DATA_EXPORT_ALL = "data.export_all", "Exporter toutes les données", "Administration"


#: Rights that open more than a client's file; their holders are listed apart.
SENSITIVE = frozenset(
    p
    for p in Permission
    if p.value.startswith(("admin.", "audit.", "backup."))
    or p in {Permission.DATA_EXPORT_ALL, Permission.DATA_TAKEOVER, Permission.ACCOUNT_PURGE}
)
