"""The named rights of the application; a profile is a set of them."""

from enum import StrEnum


class Permission(StrEnum):
    """What a profile may do; the value is the code stored and shown in the rights matrix."""

    # Accueil and general
    HOME_VIEW = "home.view"
    NOTIFICATION_VIEW = "notification.view"
    # Contacts
    CONTACT_READ = "contact.read"
    CONTACT_WRITE = "contact.write"
    CONTACT_DELETE = "contact.delete"
    CONTACT_REASSIGN = "contact.reassign"
    CONTACT_EXPORT = "contact.export"
    CONTACT_SENSITIVE = "contact.sensitive"
    # Portfolio
    PORTFOLIO_READ = "portfolio.read"
    ACCOUNT_WRITE = "account.write"
    ACCOUNT_DELETE = "account.delete"
    ACCOUNT_PURGE = "account.purge"
    ACCOUNT_REASSIGN = "account.reassign"
    SITUATION_WRITE = "situation.write"
    MOVEMENT_READ = "movement.read"
    PORTFOLIO_EXPORT = "portfolio.export"
    # Market
    MARKET_READ = "market.read"
    INSTRUMENT_WRITE = "instrument.write"
    PROVIDER_WRITE = "provider.write"
    PRICE_WRITE = "price.write"
    MARKET_EXPORT = "market.export"
    # Aggregation
    FEED_READ = "feed.read"
    FEED_WRITE = "feed.write"
    FEED_RECEIVE = "feed.receive"
    FEED_ATTACH = "feed.attach"
    FEED_ACCEPT = "feed.accept"
    FEED_CANCEL = "feed.cancel"
    MAPPING_WRITE = "mapping.write"
    FEED_EXPORT = "feed.export"
    # Administration
    FIRM_READ = "admin.firm_read"
    FIRM_WRITE = "admin.firm"
    TEAM_WRITE = "admin.team"
    USER_READ = "admin.user_read"
    USER_WRITE = "admin.user"
    RIGHTS_READ = "admin.rights_read"
    SETTINGS_WRITE = "admin.settings"
    SERVICES_VIEW = "services.view"
    AUDIT_READ = "audit.read"
    AUDIT_EXPORT = "audit.export"
    BACKUP_RUN = "backup.run"
    HEALTH_READ = "admin.health"
    DATA_EXPORT_ALL = "data.export_all"
