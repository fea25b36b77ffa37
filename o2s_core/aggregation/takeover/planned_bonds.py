"""Which households and relations the exports tell."""

import re
from collections.abc import Sequence
from typing import Any, Final

from o2s_core import contacts
from o2s_core.aggregation.takeover.opening import FileCard
from o2s_core.aggregation.takeover.plan import STANDING, Household, Plan, Relation
from o2s_core.aggregation.takeover.records import Records
from o2s_core.contacts import RelationForm
from o2s_core.contacts.vocabulary import ROLES
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import NotFoundError

#: A household named by a code: capitals and figures, with a figure.
CODE: Final = re.compile(r"(?=.*\d)[A-Z0-9_\-/.]{2,30}")


def plan_bonds(ctx: Context, plan: Plan, read: Sequence[tuple[FileCard, Records]]) -> None:
    """Put in the plan the households and the relations, each with its verdict."""
    homes: dict[str, Household] = {}
    for client in plan.clients.values():
        if client.household:
            _place(homes, client.household, client.client, client.role, client)
    rows = [(file, row) for file, records in read for row in records.frame.iter_rows(named=True)]
    codes = {(row[n] or "").upper() for _, row in rows for n in ("file_code", "other")}
    missing = codes - set(plan.clients) - {""}
    plan.files |= contacts.known_files(ctx, missing)
    for file, row in rows:
        item = _relation(file, row)
        if row["household"] and not row["problem"]:
            _place(homes, row["household"], item.client, row["role"] or "", item)
        if row["problem"]:
            item.stop("error", row["problem"])
        if row["problem"] or item.other or not row["household"]:
            plan.relations.append(item)
    _check_relations(ctx, plan)
    plan.households = list(homes.values())
    _check_households(ctx, plan)


def _relation(file: FileCard, row: dict[str, Any]) -> Relation:
    code, other = (row["file_code"] or "").upper(), (row["other"] or "").upper()
    return Relation(
        "relations", file.file_name, row["locator"], code, f"{code} – {other}".strip(" –"),
        other=other, relation=row["relation"] or "", since=row["since"], until=row["until"],
        comment=row["comment"] or "",
    )  # fmt: skip


def _place(homes: dict[str, Household], named: str, code: str, role: str, told: Any) -> None:  # noqa: ANN401
    """Put somebody in the household that a row names."""
    key = " ".join(named.split()).upper()
    home = homes.get(key)
    if home is None:
        home = Household("relations", told.file, told.locator, code, " ".join(named.split()))
        homes[key] = home
    if code not in {member for member, _ in home.members}:
        home.members.append((code, role))


def _check_relations(ctx: Context, plan: Plan) -> None:
    seen: set[tuple[str, ...]] = set()
    for item in plan.relations:
        if item.verdict == "error":
            continue
        if why := _wrong_relation(plan, item):
            item.stop("error", why)
        elif (key := (*sorted((item.client, item.other)), item.relation)) in seen:
            item.stop("skipped", "Cette relation est déjà dite par une autre ligne.")
        else:
            seen.add(key)
            _known_relation(ctx, plan, item)


def _wrong_relation(plan: Plan, item: Relation) -> str:
    if not item.other:
        return "Autre contact : valeur obligatoire absente, la relation n'est avec personne."
    if not item.relation:
        return "Relation : valeur obligatoire absente."
    if item.client == item.other:
        return "Un contact ne peut pas être en relation avec lui-même."
    problems = [plan.client_problem(code) for code in (item.client, item.other)]
    return next((f"Relation écartée : {why}" for why in problems if why), "")


def _known_relation(ctx: Context, plan: Plan, item: Relation) -> None:
    ids = [known_id(plan, code) for code in (item.client, item.other)]
    if None in ids:
        return
    form = RelationForm(ids[0] or 0, ids[1] or 0, item.relation)
    try:
        if contacts.relation_known(ctx, form) is not None:
            item.verdict = "unchanged"
    except NotFoundError:
        return


def known_id(plan: Plan, code: str) -> int | None:
    """Return the contact that a code of the exports means, None when it is still to be made."""
    client = plan.clients.get(code)
    if client is not None:
        return client.known.id if client.known else None
    known = plan.files.get(code)
    return known.id if known else None


def _check_households(ctx: Context, plan: Plan) -> None:
    for home in plan.households:
        kept = [(code, role) for code, role in home.members if not plan.client_problem(code)]
        gone = len(home.members) - len(kept)
        if not kept:
            home.stop("error", "Aucun membre de ce foyer n'est repris.")
            continue
        if gone:
            home.note(f"{gone} membre(s) de ce foyer non repris.")
        home.members = _with_roles(kept)
        _name(plan, home)
        roles = [role for _, role in home.members]
        if doubled := next((r for r in ("head", "spouse") if roles.count(r) > 1), None):
            home.stop("error", f"Plusieurs membres sont « {ROLES[doubled]} » : gardez-en un.")
    plan.files |= contacts.known_files(ctx, [h.code for h in plan.households if h.code])
    for home in plan.households:
        if home.verdict in STANDING:
            _compare(plan, home)
    _check_heads(ctx, plan)


def _check_heads(ctx: Context, plan: Plan) -> None:
    """Refuse a household whose head or spouse is one already elsewhere, in the firm or here."""
    ids = {known_id(plan, code) for home in plan.households for code, _ in home.members}
    standing = contacts.household_heads(ctx, ids - {None})  # type: ignore[arg-type]
    seen: dict[str, str] = {}
    for home in (home for home in plan.households if home.verdict in STANDING):
        own = home.known.id if home.known else 0
        for code in [code for code, role in home.members if role in {"head", "spouse"}]:
            at, named = standing.get(known_id(plan, code) or 0, (own, ""))
            other = seen.setdefault(code, home.code) if at == own else named or "d'un confrère"
            if other != home.code:
                why = f"{code} est déjà tête ou conjoint du foyer {other}"
                home.stop("error", f"{why} : retirez-le d'un des deux.")


def _with_roles(members: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return members with a role; where the export gives none at all the first one is the head."""
    if not any(role for _, role in members):
        return [(code, "other" if n else "head") for n, (code, _) in enumerate(members)]
    return [(code, role or "other") for code, role in members]


def _name(plan: Plan, home: Household) -> None:
    """Give a household its code and its name; the code is made from its head's when it has none."""
    head = next((c for c, role in home.members if role == "head"), home.members[0][0])
    home.client = head
    if CODE.fullmatch(home.subject.upper()) and home.subject.upper() not in plan.clients:
        home.code = home.subject.upper()
        client = plan.clients.get(head)
        form = client.form if client else None
        home.name = f"Foyer {form.last_name or form.legal_name}" if form else home.subject
    else:
        home.code, home.name = f"F-{head}"[:30], home.subject
    home.subject = f"{home.name} ({home.code})"


def _compare(plan: Plan, home: Household) -> None:
    known = plan.files.get(home.code)
    if home.code in plan.files and (known is None or known.form.kind != "household"):
        home.stop("error", f"Le code {home.code} est celui d'un autre dossier : changez-le.")
        return
    if known is None:
        return
    home.known = known
    wanted = {(known_id(plan, code), role) for code, role in home.members}
    home.verdict = "unchanged" if wanted <= set(known.members) else "updated"
