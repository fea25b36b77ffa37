"""What must hold before an account is written: whose it is, its number, its holders, its age."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import func
from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.administration import perimeters
from o2s_core.contacts import advisers
from o2s_core.contacts.models import Contact
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import (
    FieldChange,
    FieldProblem,
    InvalidInputError,
    NotFoundError,
    StaleEditError,
)
from o2s_core.kernel.identifiers import compact
from o2s_core.market.models import Provider
from o2s_core.portfolio.account_forms import ACCOUNT_FORM, AccountForm
from o2s_core.portfolio.holders import HolderShare
from o2s_core.portfolio.models import (
    Account,
    Movement,
)
from o2s_core.portfolio.visibility import visible

#: Fields that a form writes as they are.
PLAIN: Final = (
    "label",
    "envelope",
    "product",
    "currency",
    "opened_on",
    "closed_on",
    "management",
    "managed",
    "comment",
)


def own_account(session: Session, ctx: Context, account_id: int) -> Account:
    """Return the account if the user may see it; else it is as if it did not exist."""
    found = session.exec(
        select(Account).where(
            Account.id == account_id, Account.firm_id == ctx.firm_id, visible(ctx)
        )
    ).first()
    if found is None:
        raise NotFoundError("Compte", account_id)
    return found


def require_provider(session: Session, ctx: Context, provider_id: int) -> None:
    """Refuse a provider that the firm does not know."""
    known = session.exec(
        select(Provider.id).where(Provider.id == provider_id, Provider.firm_id == ctx.firm_id)
    ).first()
    if known is None:
        raise NotFoundError("Fournisseur", provider_id)


def require_holders(session: Session, ctx: Context, ids: Sequence[int]) -> None:
    """Refuse a holder whom the user may not see."""
    known = set(
        session.exec(
            select(Contact.id).where(
                Contact.firm_id == ctx.firm_id,
                perimeters.inside(ctx, Contact.adviser_id),
                store.among(ctx, col(Contact.id), ids),
                col(Contact.kind) != "household",
            )
        )
    )
    for missing in (id_ for id_ in ids if id_ not in known):
        raise NotFoundError("Titulaire", missing)


def require_adviser(ctx: Context, adviser_id: int | None, *, kept: int | None = None) -> None:
    """Refuse to give an account to somebody who is no adviser of the perimeter."""
    if adviser_id not in {None, kept}:
        advisers.require_adviser(ctx, adviser_id or 0)


def require_free_number(
    session: Session, ctx: Context, form: AccountForm, account_id: int | None
) -> None:
    """Refuse a number that another account of the provider already bears."""
    taken = session.exec(
        select(Account.id).where(
            Account.firm_id == ctx.firm_id,
            Account.provider_id == form.provider_id,
            Account.number_key == compact(form.number),
            col(Account.id) != (account_id or 0),
        )
    ).first()
    if taken is not None:
        message = "ce numéro existe déjà chez ce fournisseur ; ouvrez le compte existant."
        raise InvalidInputError([FieldProblem("number", "Numéro", message)])


def require_free_numbers(session: Session, ctx: Context, forms: Sequence[AccountForm]) -> None:
    """Refuse the number of a new account that its provider already has, or that comes twice."""
    keys = [(form.provider_id, compact(form.number)) for form in forms]
    query = select(Account.provider_id, Account.number_key).where(
        Account.firm_id == ctx.firm_id,
        store.among(ctx, col(Account.number_key), [key for _, key in keys]),
    )
    borne = set(session.exec(query).all())
    for form, key in zip(forms, keys, strict=True):
        if key in borne:
            message = f"{form.number} existe déjà chez ce fournisseur ; ouvrez le compte existant."
            raise InvalidInputError([FieldProblem("number", "Numéro", message)])
        borne.add(key)


def require_fresh(kept: Account, form: AccountForm, expected_version: int) -> None:
    """Refuse an edit of a version that somebody changed meanwhile, and say what changed."""
    if kept.version == expected_version:
        return
    labels = {field.key: field.label for field in ACCOUNT_FORM.fields}
    changes = [
        FieldChange(labels.get(name, name), getattr(kept, name), getattr(form, name))
        for name in (*PLAIN, "number")
        if getattr(kept, name) != getattr(form, name)
    ]
    raise StaleEditError("Le compte", changes)


def require_key_kept(kept: Account, form: AccountForm) -> None:
    """Refuse that a fed account changes what its deliveries find it by."""
    same = kept.number_key == compact(form.number) and kept.provider_id == form.provider_id
    if kept.aggregated and not same:
        raise InvalidInputError(
            "Ce compte est alimenté par un partenaire : son numéro et son fournisseur ne se "
            "modifient pas. S'il appartient à un autre client, utilisez « Réattribuer »."
        )


def require_reason(
    kept: Account, before: Sequence[HolderShare], form: AccountForm, reason: str
) -> None:
    """Ask why the holders or the opening date change."""
    other = kept.opened_on != form.opened_on or list(before) != list(form.holders)
    if other and not reason.strip():
        message = "changer les titulaires ou la date d'ouverture demande un motif."
        raise InvalidInputError([FieldProblem("reason", "Motif", message)])


def require_deletable(session: Session, kept: Account) -> None:
    """Refuse to delete an account that a partner feeds or that has movements."""
    moved = session.exec(
        select(func.count())
        .select_from(Movement)
        .where(Movement.firm_id == kept.firm_id, Movement.account_id == kept.id)
    ).one()
    if moved or kept.aggregated:
        why = (
            f"porte {french.count(moved, 'mouvement')}"
            if moved
            else "est alimenté par un partenaire"
        )
        raise InvalidInputError(
            f"Le compte {kept.number} {why} : il ne peut pas être supprimé. "
            "Renseignez sa date de clôture, ou demandez sa purge à l'administrateur."
        )
