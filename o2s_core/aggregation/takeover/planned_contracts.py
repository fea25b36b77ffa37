"""Which contracts the exports tell: whose, at which provider, new or known."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from o2s_core import contacts, market, portfolio
from o2s_core.aggregation.takeover.opening import FileCard
from o2s_core.aggregation.takeover.plan import Contract, Holder, Plan
from o2s_core.aggregation.takeover.planned_bonds import known_id
from o2s_core.aggregation.takeover.planned_clients import said
from o2s_core.aggregation.takeover.records import Records
from o2s_core.kernel.context import Context
from o2s_core.kernel.identifiers import compact, search_key
from o2s_core.portfolio import ACCOUNT_FORM, AccountForm, HolderShare, KnownAccount, envelope_label

#: Fields of an account that an export may give as they are.
PLAIN: Final = (
    "label", "envelope", "product", "opened_on", "closed_on", "currency", "management", "comment",
)  # fmt: skip
WITHOUT_SHARE: Final = frozenset({"insured", "representative"})
#: A contact that stands for those still to be made, when a form is checked.
SOMEBODY: Final = -1


def plan_contracts(
    ctx: Context, plan: Plan, read: Sequence[tuple[FileCard, Records]]
) -> Mapping[str, int]:
    """Put the contracts in the plan, each with its verdict; return the providers known by name."""
    providers = _providers(ctx)
    grouped: dict[str, list[tuple[FileCard, dict[str, Any]]]] = defaultdict(list)
    for file, records in read:
        for row in records.frame.iter_rows(named=True):
            if row["problem"]:
                plan.refused.append(_bare(file, row, providers))
                plan.refused[-1].stop("error", row["problem"])
            else:
                grouped[ref_of(row["provider"], row["number"])].append((file, row))
    codes = {(row["holder"] or "").upper() for rows in grouped.values() for _, row in rows}
    plan.files |= contacts.known_files(ctx, codes - set(plan.clients) - set(plan.files))
    known = portfolio.known_accounts(ctx, {ref.split("|")[1] for ref in grouped})
    for ref, rows in grouped.items():
        plan.contracts[ref] = _contract(ctx, plan, rows, (providers, known))
    return providers


def ref_of(provider: str | None, number: str | None) -> str:
    """Return what makes a contract: its provider and its number, without punctuation or case."""
    return f"{search_key(provider or '')}|{compact(number or '')}"


def _providers(ctx: Context) -> dict[str, int]:
    """Return the providers of the firm by name and by code, as compared."""
    rows = market.providers(ctx, inactive=True).select("id", "name", "code").iter_rows()
    found: dict[str, int] = {}
    for id_, name, code in rows:
        found.setdefault(search_key(code), id_)
        found[search_key(name)] = id_
    return found


def _bare(file: FileCard, row: dict[str, Any], providers: Mapping[str, int]) -> Contract:
    named = row["provider"] or ""
    return Contract(
        "accounts", file.file_name, row["locator"], (row["holder"] or "").upper(),
        f"{row['number'] or ''} {named}".strip(), ref=ref_of(named, row["number"]),
        provider=named, provider_id=providers.get(search_key(named)),
    )  # fmt: skip


def _contract(
    ctx: Context,
    plan: Plan,
    rows: list[tuple[FileCard, dict[str, Any]]],
    standing: tuple[Mapping[str, int], Mapping[tuple[int, str], KnownAccount | None]],
) -> Contract:
    """Return one contract told by one row, or by one row a holder."""
    providers, known = standing
    file, first = rows[0]
    item = _bare(file, first, providers)
    item.holders = _holders([row for _, row in rows], item)
    item.announced = next((row["total"] for _, row in rows if row["total"] is not None), None)
    item.given = tuple(name for name in PLAIN if first[name] is not None)
    key = (item.provider_id or 0, item.ref.split("|")[1])
    if key in known and known[key] is None:
        item.stop("error", "Ce numéro est déjà celui d'un compte hors de votre périmètre.")
        return item
    item.known = known.get(key)
    item.form = _form(first, item)
    if why := _wrong_holders(plan, item):
        item.stop("error", why)
    else:
        _compare(ctx, plan, item)
    return item


def _holders(rows: list[dict[str, Any]], item: Contract) -> list[Holder]:
    """Return who holds a contract; shares that the export does not give are equal."""
    holders = [
        Holder(
            (row["holder"] or "").upper(),
            row["share"],
            row["right"] or "full",
            row["holder_role"] or ("holder" if n == 0 else "co_holder"),
        )
        for n, row in enumerate(rows)
    ]
    for right in {h.right for h in holders}:
        some = [h for h in holders if h.right == right and h.role not in WITHOUT_SHARE]
        if any(h.share is not None for h in some):
            continue
        if len(some) > 1:
            item.note("Parts des titulaires non indiquées : réparties à égalité.")
        for holder in some:
            holder.share = (Decimal(1) / max(len(some), 1)).quantize(Decimal("1e-8"))
    return holders


def _form(row: dict[str, Any], item: Contract) -> AccountForm:
    given = {name: row[name] for name in PLAIN if row[name] is not None}
    envelope = given.get("envelope", "autre")
    if "envelope" not in given and item.known is None:
        item.note("Enveloppe non indiquée : « Autre ».")
    label = given.get("label") or given.get("product") or envelope_label(envelope)
    base = {"label": label, "envelope": envelope, "number": row["number"]}
    return AccountForm(
        **(base | given | {"label": label}),
        provider_id=item.provider_id or SOMEBODY,
        holders=(),
        adviser_id=row["adviser"],
        taken_over=True,
    )


def _wrong_holders(plan: Plan, item: Contract) -> str:
    problems = (plan.client_problem(h.client) for h in item.holders)
    if why := next((p for p in problems if p), ""):
        return f"Compte écarté : {why}"
    ranks = {h.client: n for n, h in enumerate(item.holders)}
    told = [HolderShare(ranks[h.client], h.share or Decimal(0), h.right, h.role)
            for h in item.holders]  # fmt: skip
    problem = portfolio.share_problem(told)
    return f"Titulaires et droits : {problem}" if problem else ""


def _compare(ctx: Context, plan: Plan, item: Contract) -> None:
    """Compare a contract with the one that is known, or check what a new one needs."""
    if item.form is None:
        return
    holders = shares(plan, item)
    if item.known is None:
        checked = replace(item.form, holders=_stand_ins(holders))
        if problems := ACCOUNT_FORM.problems(checked.values(), ctx.today):
            item.stop("error", said(problems))
        elif item.provider_id is None:
            item.note(f"Le distributeur « {item.provider} » sera créé.")
        return
    before = item.known.form
    item.changes = {
        n: (getattr(before, n), getattr(item.form, n))
        for n in item.given
        if getattr(before, n) != getattr(item.form, n)
    }
    if holders != before.holders:
        item.changes["holders"] = (before.holders, holders)
    item.verdict = "updated" if item.changes else "unchanged"


def shares(plan: Plan, item: Contract) -> tuple[HolderShare, ...]:
    """Return the holders of a contract; those still to be made have no identity yet."""
    return tuple(
        HolderShare(known_id(plan, h.client) or SOMEBODY, h.share or Decimal(1), h.right, h.role)
        for h in item.holders
    )


def _stand_ins(holders: tuple[HolderShare, ...]) -> tuple[HolderShare, ...]:
    return tuple(replace(h, contact_id=-n) for n, h in enumerate(holders, 1))
