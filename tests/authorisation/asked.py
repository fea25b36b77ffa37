"""Arguments for any question or verb of the core: real ids where it asks for ids, plausible text elsewhere."""

import inspect
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from o2s_core import contacts, market, store
from o2s_core.administration import AgencyForm, FirmForm, TeamForm, UserForm
from o2s_core.aggregation import FeedForm, RouteForm, SourceForm, TakeoverMatching, Tolerances
from o2s_core.contacts import (
    AddressForm,
    BankForm,
    ConsentForm,
    ContactForm,
    GroupForm,
    HouseholdForm,
    ReachForm,
    RelationForm,
    Scope,
)
from o2s_core.contacts.models import Contact
from o2s_core.documents import DocumentForm, DocumentSaid
from o2s_core.kernel.context import Context
from o2s_core.market import (
    PRICE_INPUT,
    RATE_INPUT,
    AbsorptionForm,
    Comparison,
    DecisionForm,
    DescriptionForm,
    InstrumentForm,
    ModelForm,
    Named,
    ProductForm,
    ProviderForm,
    RequestForm,
    Shown,
    SupportPaper,
    WeightedSupport,
)
from o2s_core.messaging import MailForm, MailServerForm
from o2s_core.portfolio import (
    LINE_INPUT,
    MOVEMENT_INPUT,
    SITUATION_INPUT,
    AccountForm,
    CorporateAction,
    FilingForm,
    HolderShare,
    MovementForm,
    OverrideForm,
    SituationForm,
    SwitchTerms,
    TypedLine,
)
from o2s_core.reporting import SendingForm, StatementForm, StatementModelForm
from o2s_core.store import Tx
from o2s_core.wealth import (
    AssetForm,
    BudgetForm,
    LoanEventForm,
    LoanForm,
    OwnerShare,
    PledgeForm,
)
from tests import kit
from tests.authorisation import matrix
from tests.authorisation.books import Book, World

DAY = date(2026, 10, 31)
TABLES = {
    "record_prices": PRICE_INPUT, "publish_price_history": PRICE_INPUT, "record_rates": RATE_INPUT,
    "situations": SITUATION_INPUT, "lines": LINE_INPUT, "movements": MOVEMENT_INPUT,
}  # fmt: skip


def by_name(world: World, book: Book) -> dict[str, Any]:
    """What each parameter of the core is, when `book` is what one speaks of."""
    users = world.firm.user_ids
    return {
        "account_id": book.account, "situation_id": book.situation, "contact_id": book.contact,
        "contact_ids": [book.contact], "household_id": book.household, "group_id": book.group,
        "file_code": book.file_code, "ids": [book.contact], "reference": book.file_code,
        "delivery_id": book.delivery, "waiting_id": book.waiting, "stopped_id": book.stopped,
        "break_id": book.gap,
        "override_id": book.correction,
        "locator": book.raw, "adviser_id": users[book.adviser], "user_id": users["lecteur"],
        "instrument_id": world.instrument, "instrument_ids": [world.instrument],
        "provider_id": world.provider, "alias_id": world.alias, "price_id": 1, "agency_id": 1, "team_id": 1,
        "expected_version": 1, "sid": "sid-nobody", "name": "rien.zst", "scope": scope(book),
        "kind": "contact", "axis": "envelope", "stage": "former", "reason": "essai",
        "text": "essai", "key": "landing.page", "value": Decimal(100), "active": True,
        "required": False, "day": DAY, "on": DAY, "start": date(2026, 1, 2), "since": date(2026, 1, 2), "end": DAY,
        "code": "assureur", "code_type": "partner", "codes": [("partner", "FDS-1")],
        "job_id": 1, "isins": ["XF0000000000"], "sources": ["partner:assureur"],
        "currency": "USD", "currencies": ["USD"],
        "data": b"x" * 26_000_001, "source": b"", "file_name": "essai.csv", "sealed": "x",
        "current": "x", "password": "un autre cheval agrafé", "again": "x", "pause": 0.0,
        "blob_sha": "0" * 64, "media_type": "text/csv", "typed_number": "0",
        "holders": [HolderShare(book.contact)], "rows": [Named("label", "Part", "Part")],
        "report_id": world.report, "feed_id": 1, "alert_id": 1, "route_id": 1, "tolerances": Tolerances(),
        "takeover_id": book.takeover, "file_id": 1, "document_id": book.document,
        "model_id": world.model, "proposal_id": book.proposal, "movement_id": book.movement, "state": "to_review", "version_id": 1, "valid_from": DAY, "comment": "essai",
        "supports": [WeightedSupport(world.instrument, Decimal(1))],
        "relation_id": book.relation, "client": "C1", "choice": "create", "fact": "stage",
        "files": [("essai.txt", b"essai")], "filing_id": 1, "batch_id": 1, "year": 2025, "owner_kind": "contact", "category": "tax", "label": "Essai", "chosen": [book.document], "owner_ids": [book.contact], "owner_id": book.contact, "account_ids": [book.account],
        "file_codes": [book.file_code], "numbers": ["71234567"], "before": {},
        "address_id": 1, "bank_id": 1, "channel": "phone",
        "mail_id": book.mail, "document_ids": [book.document], "recipient_id": book.contact, "to": "essai@exemple.fr",
        "asset_id": book.asset, "loan_id": book.loan, "item_id": book.budget, "event_id": 1, "pledge_id": 1,
        "rate": Decimal("0.02"), "amount": Decimal(10), "sold_on": DAY, "proceeds": Decimal(1),
        "request_id": 1, "note_id": 1, "absorption_id": 1, "paper_key": "link-1", "product_id": 1, "new_id": world.instrument, "old_id": world.instrument, "range_id": 1, "product_ids": [1],
        "forms": [ContactForm(last_name="Essai", first_name="Zoé")],
        "person": ContactForm(last_name="Essai", first_name="Zoé"),
    }  # fmt: skip


def scope(book: Book) -> Scope:
    """A scope as somebody could make it by hand, without asking for it."""
    return Scope("person", book.contact, "Essai", book.file_code, "client", (book.contact,), None)


def forms(world: World, book: Book) -> dict[type, Any]:
    """A form of each kind, filled as a person would."""
    return {
        AgencyForm: AgencyForm("Agence d'essai"),
        TeamForm: TeamForm("Équipe d'essai", 1),
        FirmForm: FirmForm("Cabinet"),
        UserForm: UserForm("essai", "Essai", "lecture_seule"),
        ContactForm: ContactForm(last_name="Essai", first_name="Zoé"),
        ConsentForm: ConsentForm(given_on=DAY),
        AddressForm: AddressForm("1 rue de l'Essai", "69006", "Lyon"),
        ReachForm: ReachForm("phone", "06 12 34 56 99"),
        BankForm: BankForm("FR1420041010050500013M02606", holder="Essai"),
        MailForm: MailForm(book.contact, "Essai", "essai"),
        MailServerForm: MailServerForm("localhost", "essai@exemple.fr"),
        SendingForm: SendingForm(book.document, book.contact, "Essai", "essai"),
        GroupForm: GroupForm("Essai", (book.contact,)),
        HouseholdForm: HouseholdForm("Essai", ((book.company, "other"),)),
        InstrumentForm: InstrumentForm("Fonds", "opcvm"),
        SwitchTerms: SwitchTerms(),
        AbsorptionForm: AbsorptionForm(DAY, Decimal(1), "essai"),
        DescriptionForm: DescriptionForm("essai", DAY),
        SupportPaper: SupportPaper("Essai", "kid", address="https://exemple.fr"),
        ModelForm: ModelForm("Modèle d'essai", "3"),
        ProviderForm: ProviderForm("Partenaire d'essai"),
        DecisionForm: DecisionForm("watched", "essai", DAY),
        ProductForm: ProductForm("Contrat d'essai", "assurance_vie"),
        RequestForm: RequestForm("Fonds absent", "opcvm"),
        SourceForm: SourceForm("127.0.0.1", "essai", secret="x", active=False),
        RouteForm: RouteForm(world.provider, "C-1", f"adviser:{world.firm.user_ids[book.adviser]}"),
        FeedForm: FeedForm("Flux d'essai", world.provider, "format:native", "flux_essai"),
        AccountForm: AccountForm.sole(
            book.contact, label="Essai", number="E-1", envelope="pea", provider_id=world.provider
        ),
        RelationForm: RelationForm(book.contact, book.company, "other"),
        DocumentSaid: DocumentSaid("Essai", "tax"),
        FilingForm: FilingForm("IFU", "tax", 2025),
        DocumentForm: DocumentForm(book.contact, "Essai", "essai.pdf"),
        TakeoverMatching: TakeoverMatching(),
        MovementForm: MovementForm("fee", DAY, Decimal(2)),
        OverrideForm: OverrideForm("price", "essai", Decimal(1)),
        CorporateAction: CorporateAction("split", DAY, world.instrument, Decimal(1), Decimal(2)),
        StatementForm: StatementForm(on=DAY),
        StatementModelForm: StatementModelForm("Essai", ("synthesis",)),
        AssetForm: AssetForm("art", "Essai", (OwnerShare(book.contact),), Decimal(1), DAY),
        LoanForm: LoanForm(
            "Essai",
            "Essai",
            "bullet",
            Decimal(10),
            Decimal(0),
            12,
            DAY,
            (OwnerShare(book.contact),),
        ),
        LoanEventForm: LoanEventForm(DAY, "rate", rate=Decimal(0)),
        PledgeForm: PledgeForm(book.account, "Essai", DAY, Decimal(1)),
        BudgetForm: BudgetForm(book.contact, "income", "salary", Decimal(1), DAY),
        SituationForm: SituationForm(DAY, (TypedLine("Part", value=Decimal(10)),)),
    }


def arguments(function: Callable, world: World, book: Book) -> dict[str, Any]:
    """The arguments of a function, optional filters left out."""
    named, filled = by_name(world, book), forms(world, book)
    filled |= {Sequence[kind]: [form] for kind, form in filled.items()}
    given = {}
    for p in list(inspect.signature(function).parameters.values())[1:]:
        wanted = p.default is inspect.Parameter.empty or p.name in {"password", "pause"}
        if wanted or p.name in {"household_id", "group_id", "delivery_id"}:
            if p.name == "card":  # a question of its own: asked only where it is needed
                named["card"] = contacts.contact_by_id(world.firm.operator, book.contact)
            if p.annotation is Comparison:
                named[p.name] = compared(world)
            given[p.name] = _argument(function, p, named, filled)
    return given


def compared(world: World) -> Comparison:
    """Two supports of the firm side by side, as the page hands them to its files."""
    operator = world.firm.operator
    pair = [kit.instrument(operator, "Fonds comparé") for _ in range(2)]
    for id_ in pair:
        for day in (date(2026, 9, 30), DAY):
            kit.price(operator, id_, day, "10")
    return market.comparison(operator, pair)


def _argument(function: Callable, p: inspect.Parameter, named, filled) -> Any:
    if function.__name__ == "inside":
        return Contact.adviser_id
    if p.annotation in filled:
        return filled[p.annotation]
    if p.name == "shown":
        return Shown() if p.annotation is Shown else True
    if function.__name__ == "save_setting":
        return {"scope": "user", "key": "landing.page", "value": "contacts"}[p.name]
    if function.__name__ == "euro_fund":
        return {"provider_id": named["provider_id"], "code": "", "label": "Fonds euros"}[p.name]
    table = TABLES.get(p.name) or TABLES.get(function.__name__)
    return table.to_frame() if table is not None and p.name not in named else named[p.name]


@contextmanager
def asker(function: Callable, ctx: Context):
    """What a function is asked under: the context itself, or a write opened by it."""
    if matrix.asker(function) is Tx:
        with store.tx(ctx) as tx:
            yield tx
    else:
        yield ctx


def text(answer: object) -> str:
    """Everything an answer holds, tables in full."""
    if isinstance(answer, pl.DataFrame):
        return answer.write_json()
    if isinstance(answer, bytes):
        return answer.decode("utf-8", "replace")
    if is_dataclass(answer) and not isinstance(answer, type):
        return "\n".join(text(getattr(answer, f.name)) for f in fields(answer))
    if isinstance(answer, dict):
        return "\n".join(f"{key} {text(value)}" for key, value in answer.items())
    if isinstance(answer, list | tuple | set | frozenset):
        return "\n".join(text(item) for item in answer)
    return str(answer)
