"""By which telephones and e-mails is a contact reached? (Téléphones, e-mails)."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl
from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.contacts import changes as trail
from o2s_core.contacts import validity as valid
from o2s_core.contacts.identity import RGPD_HINT
from o2s_core.contacts.models import Contact, ContactReach
from o2s_core.contacts.stored_facts import renew_search_key
from o2s_core.contacts.visible import one_contact
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FieldProblem, InvalidInputError, NotFoundError
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.kernel.permissions import Permission
from o2s_core.store import Tx

CHANNELS: Final = {"phone": "Téléphone", "email": "E-mail"}
REACH_KINDS: Final = {
    "": "",
    "mobile": "Mobile",
    "home": "Domicile",
    "work": "Professionnel",
    "personal": "Personnel",
    "other": "Autre",
}
#: One row per telephone or e-mail, the main ones first; `id` 0 is one known by the identity only.
REACHES: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "channel": pl.String(),
        "kind": pl.String(),
        "value": pl.String(),
        "shown": pl.String(),  #: a telephone as it is dialled
        "comment": pl.String(),
        "is_main": pl.Boolean(),
    }
)


@dataclass(frozen=True, slots=True)
class ReachForm:
    """A telephone or an e-mail as typed; the main one is what lists and mailings use."""

    channel: str
    value: str
    kind: str = ""
    comment: str = ""
    is_main: bool = False


def reach_form(channel: str) -> FormSchema:
    """Return what is asked of a telephone (`phone`) or of an e-mail (`email`)."""
    kinds = (
        ("mobile", "home", "work", "other") if channel == "phone" else ("personal", "work", "other")
    )
    choices = {kind: REACH_KINDS[kind] for kind in kinds}
    check = valid.check_phone if channel == "phone" else None
    return FormSchema(
        CHANNELS[channel],
        (
            FormField("value", CHANNELS[channel], "phone" if channel == "phone" else "email",
                      required=True, check=check, maximum=120),
            FormField("kind", "Nature", "choice", choices=choices),
            FormField("is_main", "Utilisé en premier", "yes_no"),
            FormField("comment", "Commentaire", hint=RGPD_HINT),
        ),
    )  # fmt: skip


def reaches(ctx: Context, contact_id: int) -> pl.DataFrame:
    """Return the telephones and e-mails of a contact (schema `REACHES`)."""
    ctx.require(Permission.CONTACT_READ)
    with store.reading(ctx) as session:
        person = one_contact(ctx, session, contact_id)
        rows = _of(session, ctx, contact_id)
    known = {(row.channel, row.value) for row in rows}
    shown = [_row(row, person) for row in rows] + [
        (0, channel, "", value, _shown(channel, value), "", True)
        for channel in ("phone", "email")
        if (value := getattr(person, channel)) and (channel, value) not in known
    ]
    frame = pl.DataFrame(shown, REACHES, orient="row")
    return frame.sort(["channel", "is_main", "id"], descending=[True, True, False])


def save_reach(ctx: Context, contact_id: int, form: ReachForm, *, known: str = "") -> None:
    """Add a telephone or an e-mail, or change the one that was `known`.

    The first one of a channel, and one said to be, becomes the main one.

    Raises
    ------
    InvalidInputError
        No such number, no such address, or the contact has it already.
    """
    ctx.require(Permission.CONTACT_WRITE)
    value = _tidied(form, ctx.today)
    with store.tx(ctx) as tx:
        person = one_contact(ctx, tx.session, contact_id)
        rows = {row.value: row for row in _of(tx.session, ctx, contact_id)}
        if value != known and (value in rows or value == getattr(person, form.channel)):
            raise InvalidInputError(
                [FieldProblem("value", CHANNELS[form.channel], "déjà dans ce dossier.")]
            )
        row = rows.get(known) or ContactReach(
            firm_id=ctx.firm_id, contact_id=contact_id, channel=form.channel, value=value
        )
        row.value, row.kind, row.comment = value, form.kind or "", (form.comment or "").strip()
        main = getattr(person, form.channel)
        if form.is_main or main in {"", known}:
            _keep_former(tx, person, rows, form.channel, but=known or value)
            setattr(person, form.channel, value)
        tx.add(row)
        renew_search_key(tx, person)
        _note(tx, contact_id, form.channel, known, value)


def remove_reach(ctx: Context, contact_id: int, channel: str, value: str) -> None:
    """Take a telephone or an e-mail away; the next one of the channel becomes the main one."""
    ctx.require(Permission.CONTACT_WRITE)
    with store.tx(ctx) as tx:
        person = one_contact(ctx, tx.session, contact_id)
        rows = [r for r in _of(tx.session, ctx, contact_id) if r.channel == channel]
        gone = [row for row in rows if row.value == value]
        is_main = channel in CHANNELS and getattr(person, channel) == value
        if not gone and not is_main:
            raise NotFoundError("Coordonnée", value)
        for row in gone:
            tx.session.delete(row)
        if is_main:
            left = [row.value for row in rows if row.value != value]
            setattr(person, channel, left[0] if left else "")
        renew_search_key(tx, person)
        _note(tx, contact_id, channel, value, "")


def follow_main(tx: Tx, row: Contact, before: dict[str, str]) -> None:
    """Correct what is known of the main telephone and e-mail after the identity changed them."""
    for channel, former in before.items():
        now = getattr(row, channel)
        if former == now or not former:
            continue
        known = {r.value: r for r in _of(tx.session, tx.ctx, row.id or 0)}
        if former in known and (now in known or not now):
            tx.session.delete(known[former])
        elif former in known:
            known[former].value = now


def _keep_former(
    tx: Tx, person: Contact, rows: dict[str, ContactReach], channel: str, *, but: str
) -> None:
    """Write down the main one that another replaces, when only the identity knew it."""
    former = getattr(person, channel)
    if former and former != but and former not in rows:
        tx.add(ContactReach(firm_id=tx.ctx.firm_id, contact_id=person.id or 0,
                            channel=channel, value=former))  # fmt: skip


def _tidied(form: ReachForm, today: date) -> str:
    if form.channel not in CHANNELS:
        raise InvalidInputError(f"Canal inconnu : {form.channel}.")
    said = {"value": form.value, "kind": form.kind or None, "is_main": form.is_main}
    reach_form(form.channel).require_valid(said, today)
    if form.channel == "email":
        return form.value.strip().lower()
    return valid.e164(form.value) or form.value


def _of(session: Session, ctx: Context, contact_id: int) -> list[ContactReach]:
    query = select(ContactReach).where(
        ContactReach.firm_id == ctx.firm_id, ContactReach.contact_id == contact_id
    )
    return list(session.exec(query.order_by(col(ContactReach.id))).all())


def _note(tx: Tx, contact_id: int, field: str, before: str, after: str) -> None:
    trail.record(tx, contact_id, "coordinates", {field: (before, after)})
    tx.audit("update", "contact", contact_id, after={"fields": [field]}, subject=contact_id)
    tx.touch("contacts")


def _shown(channel: str, value: str) -> str:
    return valid.readable_phone(value) if channel == "phone" else value


def _row(row: ContactReach, person: Contact) -> tuple[Any, ...]:
    main = getattr(person, row.channel) == row.value
    shown = _shown(row.channel, row.value)
    return row.id, row.channel, row.kind, row.value, shown, row.comment, main
