"""Two advisers' books on one store, each with words and figures that the other must never read."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from o2s_core import administration, contacts, market, portfolio, store, wealth
from o2s_core.administration.models import Firm as FirmRow
from o2s_core.administration.models import User
from o2s_core.aggregation.models import (
    Anomaly,
    Break,
    Delivery,
    DeliveryAccount,
    DeliveryStep,
    Feed,
    RawRow,
    Takeover,
)
from o2s_core.contacts.models import ContactRelation
from o2s_core.documents.models import Document
from o2s_core.kernel.context import Context
from o2s_core.market.models import FundFact, FundLine, FundReport
from o2s_core.messaging.models import OutgoingMail
from o2s_core.portfolio import projections
from o2s_core.portfolio.models import PositionOverride, Situation
from tests import kit
from tests.kit.firm import TODAY, Firm

#: Who stands for each profile; the two advisers share the profile `conseiller`.
LOGINS = {
    "administrateur": "admin",
    "manager": "manager",
    "conseiller": "alice",
    "conseiller_junior": "junior",
    "assistant": "assistant",
    "analyste": "analyste",
    "conformite": "conformite",
    "lecture_seule": "lecteur",
}
#: What only the adviser's own people may read, in any page and any answer.
ALICE = ("Zorglubine", "71234567", "CAN-ALICE", "zorglub@exemple.fr", "Foyer Zorgl", "canari-alice")
BRUNO = (
    "Quetzalcoat",
    "81234568",
    "CAN-BRUNO",
    "quetzal@exemple.fr",
    "Foyer Quetz",
    "canari-bruno",
)
#: The words of another firm on the same store.
NEXT_DOOR = (
    ("Xipetotecwaq", "61234561", "CAN-XIPE", "xipe@exemple.fr", "Foyer Xipet", "canari-xipe"),
    ("Tlalocuhtli", "51234562", "CAN-TLAL", "tlal@exemple.fr", "Foyer Tlalo", "canari-tlal"),
)


@dataclass(frozen=True)
class Book:
    """What one adviser owns, by id."""

    adviser: str
    contact: int
    file_code: str
    company: int
    household: int
    household_code: str
    group: int
    account: int
    situation: int
    delivery: int
    waiting: int
    stopped: int
    gap: int  #: a break of the account
    correction: int  #: of a line of the account, ended since
    raw: str  #: where the origin of a line of the situation stands
    takeover: int
    document: int
    relation: int
    proposal: int  #: a switch proposed on the account
    mail: int  #: a message to the contact, with the document
    movement: int  #: typed by hand on the account
    asset: int
    loan: int  #: with the account in guarantee
    budget: int  #: a line of the contact's


@dataclass(frozen=True)
class World:
    """A firm with two books, and somebody of each profile."""

    firm: Firm
    alice: Book
    bruno: Book
    instrument: int
    provider: int
    alias: int
    gone: int  #: id of a contact that was deleted
    report: int  #: what a manufacturer says of the instrument
    model: int  #: a model portfolio of the one instrument

    @property
    def place(self):
        return self.firm.place

    def as_profile(self, profile: str) -> Context:
        return self.of(LOGINS[profile])

    def of(self, login: str) -> Context:
        """The context of a real user, as at their next click."""
        return administration.context_of(
            self.place, self.firm.user_ids[login], self.firm.operator.now, TODAY
        )


def fill(firm: Firm, words=(ALICE, BRUNO)) -> World:
    """Write both books and the people who lack."""
    ids = dict(firm.user_ids) | _people(firm)
    firm = replace(firm, user_ids=ids)
    operator = firm.operator
    provider = kit.provider(operator, "assureur", "Assureur d'essai")
    fund = kit.instrument(operator, "Fonds commun")
    kit.price(operator, fund, date(2026, 11, 20), "100")
    alias = _alias(operator, provider, fund)
    feed = _added(operator, Feed(firm_id=firm.id, code="essai", label="Flux d'essai",
                                 provider_id=provider, format="csv"))  # fmt: skip
    model = _model(operator, fund)
    alice = _book(firm, "alice", words[0], provider, fund, feed, model)
    bruno = _book(firm, "bruno", words[1], provider, fund, feed, model)
    report = _report(operator, fund)
    return World(firm, alice, bruno, fund, provider, alias, _gone(firm), report, model)


def _model(ctx: Context, fund: int) -> int:
    """A model portfolio in force since the beginning of the year."""
    made = market.add_model(ctx, market.ModelForm("Modèle", "3"))
    market.write_model_lines(ctx, made, [market.WeightedSupport(fund, Decimal(1))])
    market.publish_model(ctx, made, date(2026, 1, 1), "")
    return made


def _report(ctx: Context, fund: int) -> int:
    """An inventory of the fund, with one fact and one line."""
    about = {"firm_id": ctx.firm_id, "instrument_id": fund, "as_of": date(2026, 10, 31)}
    report = _added(ctx, FundReport(template="tpt", **about))
    _added(ctx, FundFact(report_id=report, name="fund.price", number=Decimal(100), **about))
    _added(ctx, FundLine(firm_id=ctx.firm_id, report_id=report, label="Titre", weight=Decimal(1)))
    return report


def _people(firm: Firm) -> dict[str, int]:
    """A junior and a reader, who see alice's clients with her; so does the assistant."""
    found = {}
    alice = str(firm.user_ids["alice"])
    with store.tx(firm.operator) as tx:
        for login, profile in (("junior", "conseiller_junior"), ("lecteur", "lecture_seule")):
            user = User(firm_id=firm.id, login=login, last_name=login.title(), profile=profile,
                        scope="own", assists=alice)  # fmt: skip
            tx.add(user)
            found[login] = user.id
        helper = tx.session.get_one(User, firm.user_ids["assistant"])
        helper.assists = alice
    return found


def _book(firm, login, said, provider, fund, feed, model) -> Book:
    name, amount, number, email, home, canary = said
    ctx = firm.adviser(login)
    code = f"{number[4]}9"
    anne = kit.person(ctx, name, "Anne", file_code=f"{code}001", email=email,
                      birth_date=date(1970, 1, 2), pep="yes", comment=canary)  # fmt: skip
    firm_ = kit.company(ctx, f"SCI {name}", file_code=f"{code}002")
    household = kit.household(ctx, anne, name=home, file_code=f"{code}003")
    group = kit.group(ctx, anne, firm_, name=f"Groupe {name}")
    account = kit.account(ctx, provider, [anne], number=number, label=f"Contrat {canary}")
    delivery, waiting, stopped, locator = _delivered(ctx, said, feed, provider, account)
    line = {"instrument_id": fund, "quantity": "1", "price": amount, "value": amount,
            "label": canary, "locator": locator}  # fmt: skip
    situation = kit.situation(ctx, account, date(2026, 10, 31), [line], total=amount)
    with store.tx(ctx) as tx:
        tx.session.get_one(Situation, situation).delivery_id = delivery
        projections.mark(tx, [account])
    kit.movement(ctx, account, date(2026, 11, 2), "deposit", net=amount, label=canary)
    return Book(login, anne, f"{code}001", firm_, household, f"{code}003", group, account,
                situation, delivery, waiting, stopped, _gap(ctx, account, fund, canary),
                _correction(ctx, account, fund, canary), locator,
                *_papers(ctx, canary, anne, firm_), _proposal(ctx, model, account),
                _mail(ctx, said, anne), _typed(ctx, account, canary),
                *_wealth(ctx, said, anne, account))  # fmt: skip


def _mail(ctx: Context, said, person: int) -> int:
    """A message to the contact that has not left."""
    *_, email, _, canary = said
    return _added(ctx, OutgoingMail(
        firm_id=ctx.firm_id, contact_id=person, to_address=email, subject=canary, body=canary,
        author="Essai", message_id="<essai@exemple.fr>", next_at=ctx.now,
    ))  # fmt: skip


def _proposal(ctx: Context, model: int, account: int) -> int:
    """A switch proposed on the account, which follows the model."""
    portfolio.follow_model(ctx, account, model)
    return portfolio.propose_switches(ctx, [account], portfolio.SwitchTerms())


def _wealth(ctx: Context, said, person: int, account: int) -> tuple[int, int, int]:
    """A painting, a loan that the account guarantees, a salary."""
    *_, canary = said
    day, alone = date(2026, 1, 5), (wealth.OwnerShare(person),)
    painting = wealth.AssetForm("art", canary, alone, Decimal(900), day, comment=canary)
    terms = wealth.LoanForm(
        canary, canary, "bullet", Decimal(800), Decimal("0.03"), 240, day, alone
    )
    asset, loan = wealth.add_asset(ctx, painting), wealth.add_loan(ctx, terms)
    wealth.pledge_account(ctx, loan, wealth.PledgeForm(account, canary, day, Decimal(100)))
    salary = wealth.BudgetForm(person, "income", "salary", Decimal(700), day, label=canary)
    return asset, loan, wealth.save_budget_item(ctx, salary)


def _typed(ctx: Context, account: int, canary: str) -> int:
    """A movement typed by hand."""
    form = portfolio.MovementForm("fee", date(2026, 11, 3), Decimal(1), label=canary)
    return portfolio.type_movement(ctx, account, form)


def _papers(ctx: Context, canary: str, person: int, company: int) -> tuple[int, int, int]:
    """A takeover that the adviser opened, a document of a client, what binds two of them."""
    takeover = _added(ctx, Takeover(firm_id=ctx.firm_id, name=f"Reprise {canary}"))
    document = _added(ctx, Document(
        firm_id=ctx.firm_id, owner_id=person, title=canary, file_name=f"{canary}.pdf",
        media_type="application/pdf", sha256="0" * 64,
    ))  # fmt: skip
    relation = _added(ctx, ContactRelation(firm_id=ctx.firm_id, from_id=company, to_id=person,
                                           kind="director", comment=canary))  # fmt: skip
    return takeover, document, relation


def _delivered(ctx, said, feed, provider, account) -> tuple[int, int, int, str]:
    """A delivery that brought the account, one that waits, one that was stopped."""
    name, amount, number, _, _, canary = said
    delivery = _added(ctx, Delivery(
        firm_id=ctx.firm_id, file_name=f"{canary}.csv", sha256=f"{canary:0<64}", feed_id=feed,
        received_at=ctx.now, state="partly_committed", format="csv", as_of=date(2026, 10, 31),
    ))  # fmt: skip
    _added(ctx, DeliveryStep(firm_id=ctx.firm_id, delivery_id=delivery, state="received",
                             at=ctx.now, actor=ctx.actor))  # fmt: skip
    ids = []
    for suffix, state, owner in (("", "committed", account), ("-W", "to_attach", None),
                                 ("-Q", "quarantined", account)):  # fmt: skip
        ids.append(_added(ctx, DeliveryAccount(
            firm_id=ctx.firm_id, delivery_id=delivery, external_id=number + suffix, state=state,
            provider_id=provider, account_id=owner, label=canary, holder=name,
        )))  # fmt: skip
    _added(ctx, RawRow(firm_id=ctx.firm_id, delivery_id=delivery, locator="ligne 2",
                       cells=f'{{"Titulaire": "{name}", "Montant": "{amount}"}}'))  # fmt: skip
    _added(ctx, Anomaly(firm_id=ctx.firm_id, delivery_id=delivery, external_id=f"{number}-Q",
                        code="V06", severity="error", raw=canary, message=f"voir {number}"))  # fmt: skip
    return delivery, ids[1], ids[2], "ligne 2"


def _gap(ctx: Context, account: int, fund: int, canary: str) -> int:
    """A break of the account that nobody explained yet."""
    day = date(2026, 10, 31)
    return _added(ctx, Break(
        firm_id=ctx.firm_id, account_id=account, code="V03", instrument_id=fund, as_of=day,
        opened_on=day, last_seen_on=day, expected=Decimal(1), reported=Decimal(2), reason=canary,
        message="voir", owner_id=ctx.user_id,
    ))  # fmt: skip


def _correction(ctx: Context, account: int, fund: int, canary: str) -> int:
    """A price that somebody had corrected by hand, for a time."""
    return _added(ctx, PositionOverride(
        firm_id=ctx.firm_id, account_id=account, instrument_id=fund, field="price",
        value=Decimal(1), since=date(2026, 1, 1), until=date(2026, 1, 31), reason=canary,
    ))  # fmt: skip


def _alias(ctx: Context, provider: int, instrument: int) -> int:
    return market.add_alias(ctx, instrument, "partner", "FDS-1", provider_id=provider)


def _gone(firm: Firm) -> int:
    """The id of somebody who was entered by mistake and deleted since; another came after."""
    made = kit.person(firm.operator, "Passager", adviser=firm.user_ids["alice"])
    kit.person(firm.operator, "Suivant", adviser=firm.user_ids["alice"])
    contacts.delete_contact(firm.operator, made, 1)
    return made


def _added(ctx: Context, row) -> int:
    with store.tx(ctx) as tx:
        tx.add(row)
        tx.touch("aggregation")
    return row.id


def second_firm(firm: Firm) -> Firm:
    """Another firm on the same store, whose people bear other names."""
    operator = replace(firm.operator, firm_id=2)
    with store.tx(operator) as tx:
        tx.add(FirmRow(id=2, name="Cabinet d'à côté", firm_id=2, totp_required=False))
        ids = {}
        for login in ("alice", "bruno", "assistant"):
            user = User(firm_id=2, login=f"{login}2", last_name=f"Voisin{login}",
                        profile="conseiller", scope="own", is_adviser=True)  # fmt: skip
            tx.add(user)
            ids[login] = user.id
    return Firm(firm.place, 2, ids, operator)
