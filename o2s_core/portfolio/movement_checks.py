"""Does a movement typed by hand agree with its account, its support and what is known? [Saisie]."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sqlmodel import Session, col, func, select

from o2s_core import market
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FieldProblem
from o2s_core.kernel.money import ZERO
from o2s_core.market.instruments import one_instrument
from o2s_core.market.models import Instrument
from o2s_core.portfolio.before_situations import positions_before
from o2s_core.portfolio.held_accounts import HeldAccount
from o2s_core.portfolio.models import Account, Movement
from o2s_core.portfolio.movement_forms import (
    GIVEN_UP,
    MOVEMENT_FORM,
    TYPED_KINDS,
    MovementCheck,
    MovementForm,
)
from o2s_core.portfolio.movement_kinds import TRADES
from o2s_core.portfolio.positions import BY_VALUE, Position, reported_positions, situations_on
from o2s_core.portfolio.situation_forms import LINE_TOLERANCE
from o2s_core.portfolio.switches.eligibility import Bought, refusal

#: Share by which a typed price may differ from the market's without a word.
PRICE_GAP: Final = Decimal("0.1")
BOUGHT: Final = frozenset({"buy", "switch_in", "deposit", "transfer_in"})


@dataclass(frozen=True, slots=True)
class Typed:
    """A typed movement with the account and the support that it is about."""

    form: MovementForm
    account: HeldAccount
    record: Account
    support: Instrument | None

    @property
    def factor(self) -> Decimal:
        """Return what a price is multiplied by."""
        return self.support.price_factor if self.support else Decimal(1)

    @property
    def by_value(self) -> bool:
        """Return whether the support is held by an amount, without units."""
        return self.support is not None and self.support.kind in BY_VALUE


def check_of(session: Session, ctx: Context, typed: Typed, but: int | None) -> MovementCheck:
    """Return everything wrong or surprising in a typed movement; `but` is the one it corrects."""
    problems = [*_plain(ctx, typed), *_days(typed), *_support(typed), *_amounts(typed)]
    if problems:
        return MovementCheck(tuple(problems), ())
    twins = twins_of(session, ctx, typed, but)
    warnings = [*_twin(typed, twins), *_known(session, ctx, typed, but), *_fit(ctx, typed)]
    return MovementCheck((), tuple(warnings), twins)


def _plain(ctx: Context, typed: Typed) -> Iterable[FieldProblem]:
    if typed.record.aggregated:
        message = (
            "ce compte est alimenté par son partenaire, qui transmet les mouvements. S'il en "
            "manque un, demandez-le-lui."
        )
        yield FieldProblem("account", "Compte", message)
    if typed.form.kind not in TYPED_KINDS:
        yield FieldProblem("kind", "Nature", "choisissez une nature de la liste.")
    yield from MOVEMENT_FORM.problems(typed.form.values(), ctx.today)


def _days(typed: Typed) -> Iterable[FieldProblem]:
    day, opened, closed = typed.form.trade_on, typed.record.opened_on, typed.record.closed_on
    if opened and day < opened:
        said = f"le compte est ouvert depuis le {french.day(opened)} : corrigez l'une des dates."
        yield FieldProblem("trade_on", "Date", said)
    if closed and day > closed:
        said = f"le compte est clos depuis le {french.day(closed)}."
        yield FieldProblem("trade_on", "Date", said)


def _support(typed: Typed) -> Iterable[FieldProblem]:
    form, support = typed.form, typed.support
    if form.kind in TRADES and support is None:
        yield FieldProblem("instrument_id", "Support", "")
    if form.quantity is not None and support is None:
        yield FieldProblem("quantity", "Quantité", "dites de quel support.")
    if form.quantity is not None and typed.by_value:
        said = "ce support se tient en montant : laissez la quantité vide."
        yield FieldProblem("quantity", "Quantité", said)
    if support and form.kind in TRADES and not typed.by_value and not form.quantity:
        yield FieldProblem("quantity", "Quantité", "")


def _amounts(typed: Typed) -> Iterable[FieldProblem]:
    form = typed.form
    if form.amount == ZERO or form.quantity == ZERO:
        yield FieldProblem("amount", "Montant net", "un mouvement nul ne s'enregistre pas.")
    made = form.computed(typed.factor)
    if made is not None and made < 0:
        said = "les frais et les taxes dépassent le produit de la vente."
        yield FieldProblem("fees", "dont frais", said)
    quoted_here = typed.support is not None and typed.support.currency == typed.record.currency
    if made is None or form.amount is None or not quoted_here or _near(made, form.amount):
        return
    said = (
        f"quantité × cours, frais et taxes compris, donne {french.number(made)} et le montant "
        f"saisi est {french.number(form.amount)} (écart "
        f"{french.number(form.amount - made, signed=True)}) : corrigez l'un des trois."
    )
    yield FieldProblem("amount", "Montant net", said)


def _near(left: Decimal, right: Decimal) -> bool:
    floor, share = LINE_TOLERANCE
    return abs(left - right) <= max(floor, share * abs(right))


def twins_of(session: Session, ctx: Context, typed: Typed, but: int | None) -> int:
    """Return how many movements of the account say the same, whoever said it."""
    said = typed.form.stored(typed.factor)
    query = select(func.count()).where(
        Movement.firm_id == ctx.firm_id,
        Movement.account_id == typed.account.id,
        Movement.state == "posted",
        Movement.trade_on == typed.form.trade_on,
        Movement.kind == typed.form.kind,
        Movement.instrument_id == typed.form.instrument_id,
        Movement.quantity == said["quantity"],
        Movement.net == said["net"],
        col(Movement.id) != (but or 0),
    )
    return session.exec(query).one()


def _twin(typed: Typed, twins: int) -> Iterable[str]:
    if twins:
        yield (
            f"Ce compte a déjà ce mouvement au {french.day(typed.form.trade_on)} : même nature, "
            "même support, mêmes montants. Confirmez seulement s'il a eu lieu deux fois."
        )


def _known(session: Session, ctx: Context, typed: Typed, but: int | None) -> Iterable[str]:
    """Say what the movement does not change, and what the account does not hold."""
    day = typed.form.trade_on
    last = situations_on(session, ctx, [typed.account.id], ctx.today).get(typed.account.id)
    if last and day <= last.as_of:
        yield (
            f"La situation du {french.day(last.as_of)} fait foi : ce mouvement compte dans la "
            "performance et l'historique, pas dans les quantités détenues aujourd'hui."
        )
    elif last:
        yield (
            f"Les quantités affichées restent celles de la situation du {french.day(last.as_of)} "
            "tant qu'une situation plus récente n'est pas saisie ; la performance compte ce "
            "mouvement."
        )
    if typed.form.kind in GIVEN_UP and typed.form.quantity and but is None:
        yield from _more_than_held(typed, _held(session, ctx, typed))


def _held(session: Session, ctx: Context, typed: Typed) -> list[Position]:
    day, own = typed.form.trade_on, typed.account.id
    heads = situations_on(session, ctx, [own], day)
    if heads:
        return reported_positions(session, ctx, heads.values())
    return positions_before(session, ctx, [own], day)


def _more_than_held(typed: Typed, held: Iterable[Position]) -> Iterable[str]:
    mine = [p.quantity or ZERO for p in held if p.instrument_id == typed.form.instrument_id]
    units = sum(mine, ZERO)
    if typed.form.quantity and typed.form.quantity > units:
        yield (
            f"Le compte ne détient que {french.quantity(units)} part(s) de ce support au "
            f"{french.day(typed.form.trade_on)}, d'après ce qui est connu."
        )


def _fit(ctx: Context, typed: Typed) -> Iterable[str]:
    support, form = typed.support, typed.form
    if support is None:
        return
    bought = Bought(
        support.kind, support.asset_class, support.status, support.provider_id, support.eligible
    )
    refused = refusal(typed.account.envelope, typed.account.provider_id, bought)
    if form.kind in BOUGHT and refused:
        yield f"« {support.label} » : {refused}."
    if form.price is not None and support.id:
        yield from _far_from_market(ctx, support, form)


def _far_from_market(ctx: Context, support: Instrument, form: MovementForm) -> Iterable[str]:
    known = market.last_prices(ctx, [support.id or 0], form.trade_on).to_dicts()
    if not known or form.price is None or known[0]["currency"] != support.currency:
        return
    value, day = known[0]["value"], known[0]["day"]
    if value and abs(form.price / value - 1) > PRICE_GAP:
        yield (
            f"Le cours saisi ({french.number(form.price, 4)}) s'écarte de plus de 10 % de celui du "
            f"{french.day(day)} ({french.number(value, 4)} {support.currency})."
        )


def typed_movement_of(
    session: Session, ctx: Context, account: HeldAccount, form: MovementForm
) -> Typed:
    """Return a typed movement beside its account and its support, both of the firm."""
    mine = (Account.firm_id == ctx.firm_id, Account.id == account.id)
    record = session.exec(select(Account).where(*mine)).one()
    support = None
    if form.instrument_id is not None:
        support = one_instrument(ctx, session, form.instrument_id)
    return Typed(form, account, record, support)
