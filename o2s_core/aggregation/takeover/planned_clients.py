"""Who are the clients of the exports: new, known, alike, or wrong."""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, Final

from o2s_core import contacts
from o2s_core.aggregation.takeover.kinds import CONTACTS
from o2s_core.aggregation.takeover.opening import FileCard, TakeoverCard
from o2s_core.aggregation.takeover.plan import Client, Item, Plan
from o2s_core.aggregation.takeover.records import Records
from o2s_core.contacts import ContactForm, KnownFile
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FieldProblem, InvalidInputError, NotFoundError
from o2s_core.kernel.identifiers import search_key

#: Facts of a form that an export may give.
FACTS: Final = tuple(f.name for f in fields(ContactForm) if f.name in CONTACTS)


def plan_clients(
    ctx: Context, card: TakeoverCard, plan: Plan, read: Sequence[tuple[FileCard, Records]]
) -> None:
    """Put the clients of the exports in the plan, each with its verdict."""
    for file, records in read:
        for row in records.frame.iter_rows(named=True):
            _add(plan, file, row)
    told = [c for c in plan.clients.values() if c.form is not None]
    plan.files |= contacts.known_files(ctx, [c.client for c in told])
    for client in told:
        _recognise(ctx, card, plan, client)
    _find_alike(ctx, card, plan)
    _find_twins(card, plan)
    advisers = contacts.adviser_choices(ctx)
    for client in plan.clients.values():
        if client.verdict in {"new", "updated"} and client.form is not None:
            _complete(ctx, card, client, advisers)


def _add(plan: Plan, file: FileCard, row: dict[str, Any]) -> None:
    code = (row["file_code"] or "").upper()
    form = _form(row, code)
    name = _name(form)
    client = Client("contacts", file.file_name, row["locator"], code, name or code)
    client.household, client.role = row["household"] or "", row["role"] or ""
    client.announced, client.form = row["total"], form
    if row["problem"]:
        client.form = None
        client.stop("error", row["problem"])
    if (first := plan.clients.get(code)) is not None or not code:
        where = f"déjà à la {first.locator}" if first else ""
        if first:
            client.stop("error", f"Le code de dossier {code} est {where} : gardez une seule ligne.")
        plan.refused.append(client)
        return
    plan.clients[code] = client


def _form(row: dict[str, Any], code: str) -> ContactForm:
    given = {name: row[name] for name in FACTS if row[name] is not None}
    given["adviser_id"] = row["adviser"]
    company = not row["last_name"] and row["legal_name"]
    kind = row["kind"] or ("company" if company or row["siren"] else "person")
    if kind == "company" and not row["legal_name"]:
        given["legal_name"] = given.pop("last_name", "")
    if kind == "company":
        given.pop("first_name", None)
    if kind == "company" and row["siren"]:
        given["siren"] = "".join(c for c in row["siren"] if c.isdigit())[:9]
    given |= {"kind": kind, "stage": row["stage"] or "", "file_code": code}
    return ContactForm(**given).tidied()


def _name(form: ContactForm) -> str:
    return form.legal_name or f"{form.last_name} {form.first_name}".strip()


def _recognise(ctx: Context, card: TakeoverCard, plan: Plan, client: Client) -> None:
    """Say whether the file that bears this code is this client's."""
    choice, contact_id = card.decisions.get(client.client, ("", None))
    if choice == "skip":
        return client.stop("skipped", "Écarté par votre décision.")
    if choice == "same" and contact_id is not None:
        return _same(ctx, client, contact_id)
    if client.client not in plan.files:
        return None
    known = plan.files[client.client]
    if known is None:
        return client.stop("error", "Ce code de dossier est celui d'un client suivi hors de votre "
                           "périmètre : changez-le dans l'export.")  # fmt: skip
    if client.form is None or choice == "same" or _one_person(client.form, known.form):
        client.known = known
        return None
    label = f"{_name(known.form)} ({known.form.file_code})"
    client.alike = ((known.id, f"{label} : même code de dossier"),)
    return client.stop("conflict", f"Le code {client.client} est déjà celui de {label} : décidez "
                       "s'il s'agit de la même personne.")  # fmt: skip


def _same(ctx: Context, client: Client, contact_id: int) -> None:
    try:
        client.known = contacts.file_by_id(ctx, contact_id)
    except NotFoundError:
        client.stop("conflict", "Le dossier choisi n'existe plus : décidez à nouveau.")


def _one_person(form: ContactForm, known: ContactForm) -> bool:
    """Return whether a row and the file that bears its code are surely about one person."""
    if form.kind != known.kind:
        return False
    if form.birth_date and known.birth_date:
        return form.birth_date == known.birth_date or contacts.named_alike(form, known)
    return contacts.named_alike(form, known) or (bool(form.siren) and form.siren == known.siren)


def _find_alike(ctx: Context, card: TakeoverCard, plan: Plan) -> None:
    """Ask about the clients who look like somebody already in the files."""
    fresh = [
        c
        for c in plan.clients.values()
        if c.verdict == "new" and c.known is None and c.form and not _decided(card, c)
    ]
    told = set(plan.clients)
    for client, found in zip(fresh, contacts.lookalikes(ctx, [_asked(c) for c in fresh]),
                             strict=True):  # fmt: skip
        others = [d for d in found if d.contact.file_code not in told]
        if others:
            client.alike = tuple(
                (d.contact.id, f"{d.contact.label} : {', '.join(d.reasons)}") for d in others
            )
            client.stop("conflict", f"Ressemble à {client.alike[0][1]} : décidez s'il s'agit de la "
                        "même personne.")  # fmt: skip


def _asked(client: Client) -> ContactForm:
    return client.form or ContactForm()


def _decided(card: TakeoverCard, client: Client) -> bool:
    return card.decisions.get(client.client, ("", None))[0] == "create"


def _find_twins(card: TakeoverCard, plan: Plan) -> None:
    """Ask about two clients of the exports who bear one name and one birth date."""
    seen: dict[tuple[object, ...], Client] = {}
    for client in plan.clients.values():
        form = client.form
        if form is None or form.birth_date is None or client.verdict != "new":
            continue
        key = (form.birth_date, search_key(_name(form)))
        first = seen.setdefault(key, client)
        if first is not client and not _decided(card, client):
            client.stop("conflict", f"Même nom et même date de naissance que {first.client} "
                        f"({first.locator}) : décidez s'il s'agit d'un homonyme.")  # fmt: skip


def _complete(ctx: Context, card: TakeoverCard, client: Client, advisers: dict[str, str]) -> None:
    """Compare a client with the file that is known, or check what a new file needs."""
    form = client.form or ContactForm()
    if client.known is None:
        follower = form.adviser_id or card.default_adviser_id
        client.form = replace(form, adviser_id=follower, stage=form.stage or "client")
        _check(ctx, client, client.form, advisers)
        return
    client.form = _merged(form, client.known)
    client.changes = {
        name: (getattr(client.known.form, name), getattr(client.form, name))
        for name in (*FACTS, "adviser_id")
        if getattr(client.known.form, name) != getattr(client.form, name)
    }
    client.verdict = "updated" if client.changes else "unchanged"
    if client.changes:
        _check(ctx, client, client.form, advisers)


def _merged(form: ContactForm, known: KnownFile) -> ContactForm:
    """Return the known file with what the export says; an empty cell erases nothing."""
    said = {name: getattr(form, name) for name in (*FACTS, "adviser_id")}
    given = {
        name: value
        for name, value in said.items()
        if value not in ("", None) and not _shouted(value, getattr(known.form, name))
    }
    given["file_code"], given["kind"] = known.form.file_code, known.form.kind
    if given.get("legal_capacity") == "capable":
        given.pop("legal_capacity")
    try:
        if given.get("stage", known.form.stage) != known.form.stage:
            contacts.require_stage(known.form.stage, given["stage"])
    except InvalidInputError:
        given["stage"] = known.form.stage
    return replace(known.form, **given).tidied()


def _shouted(value: object, known: object) -> bool:
    """Return whether an export only writes in capitals what the file says already."""
    both = isinstance(value, str) and isinstance(known, str)
    return both and str(value).isupper() and str(value).casefold() == str(known).casefold()


def _check(ctx: Context, client: Client, form: ContactForm, advisers: dict[str, str]) -> None:
    known = {**advisers}
    if client.known is not None and client.known.form.adviser_id:
        known.setdefault(str(client.known.form.adviser_id), "")
    schema = contacts.identity_schema(form.kind, known, incomplete=True)
    if problems := schema.problems(form.values(), ctx.today):
        client.stop("error", said(problems))


def said(problems: Sequence[FieldProblem]) -> str:
    """Write problems of a form as one sentence."""
    return str(InvalidInputError(list(problems)))


def refused_rows(plan: Plan, file: FileCard, records: Records) -> None:
    """Put in the plan the rows that do not fit under the headings."""
    for locator, problem in records.misfits.iter_rows():
        plan.refused.append(Item(file.kind, file.file_name, locator, "", "", "error", problem))
