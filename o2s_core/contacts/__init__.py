"""People, companies, households and named groups."""

from o2s_core.contacts import vocabulary
from o2s_core.contacts.advisers import adviser_choices
from o2s_core.contacts.card import (
    ContactCard,
    contact,
    contact_by_id,
    file_schema,
    households_of,
    readable_facts,
)
from o2s_core.contacts.changes import HISTORY, history
from o2s_core.contacts.consents import (
    CONSENT_FORM,
    ConsentCard,
    ConsentForm,
    consent,
    record_consent,
)
from o2s_core.contacts.creation import add_contact, add_contacts
from o2s_core.contacts.duplicates import (
    Duplicate,
    PossibleDuplicateError,
    duplicates,
    lookalikes,
    named_alike,
)
from o2s_core.contacts.edition import (
    archive,
    change_stage,
    delete_contact,
    edit_contact,
    reassign,
    require_stage,
    restore,
)
from o2s_core.contacts.finding import find, people
from o2s_core.contacts.groups import (
    GROUPS,
    GroupCard,
    GroupForm,
    GroupRef,
    delete_group,
    group,
    groups,
    groups_of,
    save_group,
)
from o2s_core.contacts.households import (
    HOUSEHOLDS,
    MEMBERS,
    HouseholdForm,
    Member,
    add_households,
    household_heads,
    households,
    member_table,
    members,
    save_household,
)
from o2s_core.contacts.identity import ContactForm, creation_schema, identity_schema
from o2s_core.contacts.known_files import KnownFile, file_by_id, known_files, put_back
from o2s_core.contacts.listing import (
    CONTACTS,
    VIEWS,
    ContactFilter,
    ContactList,
    contact_list,
)
from o2s_core.contacts.names import ContactRef, names_of
from o2s_core.contacts.overview import NEW_DAYS, SHARES, Overview, overview
from o2s_core.contacts.paper_owners import CONTACT_PAPERS
from o2s_core.contacts.papers import add_paper, paper, paper_ticket, papers
from o2s_core.contacts.recent import note_opened, recent_files
from o2s_core.contacts.relations import (
    RELATED,
    RelationForm,
    delete_relation,
    relation_known,
    relations,
    save_relation,
)
from o2s_core.contacts.scopes import Scope, scope
from o2s_core.contacts.search import FoundContact, search_contacts
from o2s_core.contacts.validity import e164, readable_phone

__all__ = [
    "CONSENT_FORM",
    "CONTACTS",
    "CONTACT_PAPERS",
    "GROUPS",
    "HISTORY",
    "HOUSEHOLDS",
    "MEMBERS",
    "NEW_DAYS",
    "RELATED",
    "SHARES",
    "VIEWS",
    "ConsentCard",
    "ConsentForm",
    "ContactCard",
    "ContactFilter",
    "ContactForm",
    "ContactList",
    "ContactRef",
    "Duplicate",
    "FoundContact",
    "GroupCard",
    "GroupForm",
    "GroupRef",
    "HouseholdForm",
    "KnownFile",
    "Member",
    "Overview",
    "PossibleDuplicateError",
    "RelationForm",
    "Scope",
    "add_contact",
    "add_contacts",
    "add_households",
    "add_paper",
    "adviser_choices",
    "archive",
    "change_stage",
    "consent",
    "contact",
    "contact_by_id",
    "contact_list",
    "creation_schema",
    "delete_contact",
    "delete_group",
    "delete_relation",
    "duplicates",
    "e164",
    "edit_contact",
    "file_by_id",
    "file_schema",
    "find",
    "group",
    "groups",
    "groups_of",
    "history",
    "household_heads",
    "households",
    "households_of",
    "identity_schema",
    "known_files",
    "lookalikes",
    "member_table",
    "members",
    "named_alike",
    "names_of",
    "note_opened",
    "overview",
    "paper",
    "paper_ticket",
    "papers",
    "people",
    "put_back",
    "readable_facts",
    "readable_phone",
    "reassign",
    "recent_files",
    "record_consent",
    "relation_known",
    "relations",
    "require_stage",
    "restore",
    "save_group",
    "save_household",
    "save_relation",
    "scope",
    "search_contacts",
    "vocabulary",
]
