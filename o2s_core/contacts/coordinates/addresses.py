"""Where does a contact live, pay taxes and receive letters? (Adresses)."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final

import polars as pl
from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.contacts import changes as trail
from o2s_core.contacts.coordinates import towns
from o2s_core.contacts.models import ContactAddress
from o2s_core.contacts.visible import one_contact
from o2s_core.contacts.vocabulary import countries
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import NotFoundError, StaleEditError
from o2s_core.kernel.forms import FormField, FormSchema, Values
from o2s_core.kernel.permissions import Permission
from o2s_core.store import Tx

ADDRESS_KINDS: Final = {
    "home": "Domicile",
    "tax": "Adresse fiscale",
    "mail": "Courrier",
    "office": "Bureau, siège",
    "second": "Résidence secondaire",
}
#: One row per address, the main one first, then those of today, then the former ones.
ADDRESSES: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "version": pl.Int64(),
        "kind": pl.String(),
        "written": pl.String(),  #: on one line
        "lines": pl.String(),
        "postcode": pl.String(),
        "town": pl.String(),
        "country": pl.String(),
        "since": pl.Date(),
        "until": pl.Date(),
        "is_main": pl.Boolean(),
        "is_current": pl.Boolean(),
        "doubt": pl.String(),  #: why the town and the postcode may not go together
    }
)


@dataclass(frozen=True, slots=True)
class AddressForm:
    """An address as typed; `until` is the first day on which it holds no more."""

    lines: str
    postcode: str = ""
    town: str = ""
    country: str = "FR"
    kind: str = "home"
    since: date | None = None
    until: date | None = None
    is_main: bool = False


def _postcode(value: Any, values: Values, _today: date) -> str | None:  # noqa: ANN401
    return towns.wrong_postcode(str(value).strip(), values.get("country") or "FR")


def _french(values: Values) -> bool:
    return (values.get("country") or "FR") == "FR"


def _after(value: Any, values: Values, _today: date) -> str | None:  # noqa: ANN401
    since = values.get("since")
    return "antérieure au début." if since and value <= since else None


ADDRESS_FORM: Final = FormSchema(
    "Adresse",
    (
        FormField("kind", "Nature", "choice", required=True, choices=ADDRESS_KINDS),
        FormField("country", "Pays", "choice", required=True, choices=countries()),
        FormField("lines", "Numéro, voie, complément", required=True),
        FormField("postcode", "Code postal", required_if=_french, check=_postcode, maximum=12),
        FormField("town", "Ville", required=True, maximum=80),
        FormField("is_main", "Adresse principale", "yes_no"),
        FormField("since", "Depuis le", "day"),
        FormField("until", "Jusqu'au", "day", check=_after),
    ),
)


def addresses(ctx: Context, contact_id: int) -> pl.DataFrame:
    """Return the addresses of a contact, former ones included (schema `ADDRESSES`)."""
    ctx.require(Permission.CONTACT_READ)
    with store.reading(ctx) as session:
        one_contact(ctx, session, contact_id)
        rows = _of(session, ctx, contact_id)
    shown = [_row(row, ctx.today) for row in rows]
    order = ["is_main", "is_current", "id"]
    return pl.DataFrame(shown, ADDRESSES, orient="row").sort(order, descending=[True, True, False])


def save_address(
    ctx: Context,
    contact_id: int,
    form: AddressForm,
    *,
    address_id: int | None = None,
    expected_version: int | None = None,
) -> str:
    """Add or change an address; return a warning when town and postcode do not go together.

    The first address, and one said to be, is the main one: the former main one is no more.

    Raises
    ------
    InvalidInputError
        Something is missing or wrong; all is listed.
    StaleEditError
        Somebody saved it after `expected_version` was read.
    """
    ctx.require(Permission.CONTACT_WRITE)
    said = {f.name: getattr(form, f.name) for f in fields(form)}
    said |= {n: " ".join(str(said[n] or "").split()) for n in ("lines", "postcode", "town")}
    ADDRESS_FORM.require_valid(said, ctx.today)
    with store.tx(ctx) as tx:
        one_contact(ctx, tx.session, contact_id)
        others = _of(tx.session, ctx, contact_id)
        row = _one(others, address_id, expected_version) or ContactAddress(
            firm_id=ctx.firm_id, contact_id=contact_id, lines=""
        )
        was_main = row.is_main or not others
        before = _written(row)
        for name, value in said.items():
            setattr(row, name, value)
        row.is_main = form.is_main or was_main
        _only_main(tx, others, row)
        tx.add(row)
        _note(tx, contact_id, "address", before, _written(row))
    return towns.doubtful_town(said["postcode"], said["town"], form.country)


def remove_address(ctx: Context, contact_id: int, address_id: int) -> None:
    """Take an address away; the next current one becomes the main one."""
    ctx.require(Permission.CONTACT_WRITE)
    with store.tx(ctx) as tx:
        one_contact(ctx, tx.session, contact_id)
        rows = _of(tx.session, ctx, contact_id)
        gone = _one(rows, address_id, None)
        left = [row for row in rows if row is not gone]
        tx.session.delete(gone)
        if gone is not None and gone.is_main and left:
            current = [r for r in left if _holds(r, ctx.today)]
            (current or left)[0].is_main = True
        _note(tx, contact_id, "address", _written(gone), "")


def _of(session: Session, ctx: Context, contact_id: int) -> list[ContactAddress]:
    query = select(ContactAddress).where(
        ContactAddress.firm_id == ctx.firm_id, ContactAddress.contact_id == contact_id
    )
    return list(session.exec(query.order_by(col(ContactAddress.id))).all())


def _one(
    rows: list[ContactAddress], address_id: int | None, expected: int | None
) -> ContactAddress | None:
    if address_id is None:
        return None
    row = next((r for r in rows if r.id == address_id), None)
    if row is None:
        raise NotFoundError("Adresse", address_id)
    if expected is not None and row.version != expected:
        raise StaleEditError("L'adresse", [])
    return row


def _only_main(tx: Tx, others: list[ContactAddress], main: ContactAddress) -> None:
    if not main.is_main:
        return
    for other in others:
        if other is not main and other.is_main:
            other.is_main = False
            tx.session.add(other)


def _note(tx: Tx, contact_id: int, field: str, before: str, after: str) -> None:
    trail.record(tx, contact_id, "coordinates", {field: (before, after)})
    tx.audit("update", "contact", contact_id, after={"fields": [field]}, subject=contact_id)
    tx.touch("contacts")


def _holds(row: ContactAddress, on: date) -> bool:
    return (row.since is None or row.since <= on) and (row.until is None or on < row.until)


def _written(row: ContactAddress | None) -> str:
    """Return an address on one line; the country is said when it is not France."""
    if row is None or not row.lines:
        return ""
    town = f"{row.postcode} {row.town}".strip()
    abroad = [] if row.country == "FR" else [countries().get(row.country, row.country)]
    return ", ".join([row.lines, town, *abroad])


def _row(row: ContactAddress, today: date) -> tuple[Any, ...]:
    doubt = towns.doubtful_town(row.postcode, row.town, row.country)
    return (
        row.id, row.version, row.kind, _written(row), row.lines, row.postcode, row.town,
        row.country, row.since, row.until, row.is_main, _holds(row, today), doubt,
    )  # fmt: skip
