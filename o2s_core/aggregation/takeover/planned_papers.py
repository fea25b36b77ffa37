"""Which documents the exports tell, and whether their files are there."""

import hashlib
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from o2s_core import contacts, documents, store
from o2s_core.aggregation.takeover.archive import Archive, open_archive
from o2s_core.aggregation.takeover.opening import FileCard
from o2s_core.aggregation.takeover.plan import Item, Paper, Plan
from o2s_core.aggregation.takeover.planned_bonds import known_id
from o2s_core.aggregation.takeover.records import Records
from o2s_core.documents import DocumentForm
from o2s_core.kernel.context import Context
from o2s_core.kernel.identifiers import compact


def plan_papers(
    ctx: Context,
    plan: Plan,
    read: Sequence[tuple[FileCard, Records]],
    archives: Sequence[FileCard],
) -> None:
    """Put the documents in the plan, each with its verdict."""
    opened = [(card, open_archive(store.blob(ctx, card.sha256))) for card in archives]
    rows = [(file, row) for file, records in read for row in records.frame.iter_rows(named=True)]
    codes = {(row["file_code"] or "").upper() for _, row in rows}
    plan.files |= contacts.known_files(ctx, codes - set(plan.clients) - set(plan.files) - {""})
    used: set[tuple[str, str]] = set()
    for file, row in rows:
        item = _paper(plan, file, row, opened)
        plan.papers.append(item)
        if item.member:
            used.add((item.archive, item.member))
    _compare(ctx, plan)
    for card, archive in opened if rows else ():
        for member in sorted(set(archive.names.values())):
            if (card.sha256, member) not in used:
                plan.refused.append(
                    Item("archive", card.file_name, member, "", member, "skipped",
                         "Ce fichier n'est dans aucun index : il n'est rangé nulle part.")
                )  # fmt: skip


def _paper(
    plan: Plan, file: FileCard, row: dict[str, Any], opened: Sequence[tuple[FileCard, Archive]]
) -> Paper:
    code, name = (row["file_code"] or "").upper(), row["file_name"] or ""
    title = row["title"] or PurePosixPath(name.replace("\\", "/")).stem
    item = Paper("documents", file.file_name, row["locator"], code, title)
    if row["problem"]:
        item.stop("error", row["problem"])
        return item
    if why := plan.client_problem(code):
        item.stop("error", f"Document écarté : {why}")
        return item
    found = next(((c, a, m) for c, a in opened if (m := a.find(name))), None)
    if found is None:
        item.stop("error", f"Le fichier « {name} » n'est pas dans l'archive des documents.")
        return item
    card, archive, item.member = found
    item.archive = card.sha256
    _check(item, row, archive.read(item.member))
    item.account = _account(plan, item, row["account"])
    return item


def _check(item: Paper, row: dict[str, Any], data: bytes) -> None:
    name = PurePosixPath(item.member.replace("\\", "/")).name
    item.form = DocumentForm(
        0, item.subject, name, row["category"] or "other", row["dated_on"], row["valid_until"],
        row["signed_on"], row["signers"] or "", source="takeover",
    )  # fmt: skip
    if why := documents.refusal(data, name):
        item.stop("error", f"{name} : {why}")
    elif row["sha256"] and row["sha256"].lower() != hashlib.sha256(data).hexdigest():
        item.stop("error", f"{name} : son contenu n'est pas celui que l'index annonce (empreinte).")


def _account(plan: Plan, item: Paper, number: str | None) -> str:
    """Return the contract that a document names, when it is one of the plan and no other."""
    if not number:
        return ""
    found = [ref for ref in plan.contracts if ref.split("|")[1] == compact(number)]
    if len(found) == 1:
        return found[0]
    item.note(f"Contrat {number} inconnu : le document est rangé au dossier seul.")
    return ""


def _compare(ctx: Context, plan: Plan) -> None:
    """Say which documents are in the files already: same bytes, same title."""
    owners = {item.client: id_ for item in plan.papers if (id_ := known_id(plan, item.client))}
    if not owners:
        return
    known = documents.listed(ctx, list(owners.values()))
    there = set(known.select("owner_id", "sha256", "title").iter_rows())
    archives = {sha: open_archive(store.blob(ctx, sha)) for sha in
                {p.archive for p in plan.papers if p.archive}}  # fmt: skip
    for item in plan.papers:
        if item.verdict != "new" or item.client not in owners:
            continue
        sha = hashlib.sha256(archives[item.archive].read(item.member)).hexdigest()
        if (owners[item.client], sha, item.subject) in there:
            item.verdict = "unchanged"
