"""What a document may be about: shipped categories, and those that the firm adds."""

import re
from typing import Final

import polars as pl
from sqlmodel import col, select

from o2s_core import store
from o2s_core.documents.models import DocumentCategory
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FieldProblem, InvalidInputError, NotFoundError
from o2s_core.kernel.identifiers import search_key
from o2s_core.kernel.permissions import Permission

CATEGORIES: Final = {
    "identity": "Pièce d'identité",
    "address": "Justificatif de domicile",
    "bank": "RIB",
    "engagement": "Lettre de mission, DER",
    "profile": "Profil et connaissance client",
    "vigilance": "Vigilance LCB-FT, origine des fonds",
    "advice": "Rapport de conseil, adéquation",
    "contract": "Contrat, bulletin, avenant",
    "statement": "Relevé, situation",
    "client_statement": "État de compte",
    "tax": "Fiscalité",
    "mail": "Courrier",
    "other": "Autre",
}
#: What a document of a support may be.
SUPPORT_CATEGORIES: Final = {
    "kid": "DIC, DICI",
    "prospectus": "Prospectus",
    "report": "Rapport, reporting",
    "esg": "Durabilité (SFDR)",
    "terms": "Conditions, parts",
    "other": "Autre",
}
PROVIDER_CATEGORIES: Final = {
    "agreement": "Convention, mandat",
    "commissions": "Barème, commissions",
    "form": "Bulletin, imprimé",
    "guide": "Guide, argumentaire",
    "contact": "Interlocuteurs, accès",
    "other": "Autre",
}
PRODUCT_CATEGORIES: Final = {
    "notice": "Notice, conditions générales",
    "supports": "Liste des supports",
    "fees": "Frais",
    "form": "Bulletin, imprimé",
    "marketing": "Documentation commerciale",
    "other": "Autre",
}
FIRM_CATEGORIES: Final = {
    "procedure": "Procédure",
    "template": "Modèle de document",
    "regulatory": "Réglementaire",
    "training": "Formation",
    "committee": "Comité, compte rendu",
    "other": "Autre",
}
#: Whose document it is -> what it may be.
OF_OWNER: Final = {
    "contact": CATEGORIES,
    "account": CATEGORIES,
    "instrument": SUPPORT_CATEGORIES,
    "provider": PROVIDER_CATEGORIES,
    "custodian": PROVIDER_CATEGORIES,
    "product": PRODUCT_CATEGORIES,
    "firm": FIRM_CATEGORIES,
}
#: Proof of vigilance (code monétaire et financier, L561-12: five years after the relation ends).
EVIDENCE: Final = frozenset({"identity", "address", "vigilance"})
#: One row per category, sub-categories after their parent; `title` says the parent too.
CATEGORY_TABLE: Final = pl.Schema(
    {
        "code": pl.String(),
        "parent": pl.String(),
        "label": pl.String(),
        "title": pl.String(),
        "shipped": pl.Boolean(),
        "closed": pl.Boolean(),
    }
)


def document_categories(ctx: Context, owner_kind: str) -> pl.DataFrame:
    """Return the categories of a kind of owner (schema `CATEGORY_TABLE`).

    A contract and its holder share theirs. Shipped ones come first, in their order,
    as the firm renamed or closed them.
    """
    ctx.require(Permission.HOME_VIEW)
    kind = _shared(owner_kind)
    shipped = OF_OWNER.get(kind, {})
    own = {row.code: row for row in _own(ctx, kind)}
    rows = [_row(code, label, own.get(code), shipped=True) for code, label in shipped.items()]
    rows += [_row(c, r.label, r, shipped=False) for c, r in own.items() if c not in shipped]
    ranks = [row["code"] for row in rows]
    labels = {row["code"]: row["label"] for row in rows}
    for row in rows:
        above = labels.get(row["parent"], "")
        row["title"] = f"{above} > {row['label']}" if above else row["label"]
    rows.sort(key=lambda row: (ranks.index(row["parent"] or row["code"]), bool(row["parent"])))
    return pl.DataFrame(rows, schema=CATEGORY_TABLE)


def _row(
    code: str, label: str, own: DocumentCategory | None, *, shipped: bool
) -> dict[str, str | bool]:
    return {
        "code": code, "parent": own.parent if own else "", "label": own.label if own else label,
        "shipped": shipped, "closed": bool(own and own.closed),
    }  # fmt: skip


def category_labels(ctx: Context, owner_kind: str, *, closed: bool = True) -> dict[str, str]:
    """Return code -> label with its parent, of a kind of owner, in the order of the screen."""
    ctx.require(Permission.HOME_VIEW)
    found = document_categories(ctx, owner_kind)
    kept = found if closed else found.filter(~pl.col("closed"))
    return dict(kept.select("code", "title").iter_rows())


def add_category(ctx: Context, owner_kind: str, label: str, parent: str = "") -> str:
    """Add a category, or a sub-category of `parent`, and return its code.

    Raises
    ------
    InvalidInputError
        There is no label, one like it exists, or the parent is none or a sub-category itself.
    """
    ctx.require(Permission.SETTINGS_WRITE)
    kind, said = _shared(owner_kind), " ".join(label.split())
    code = "_".join(filter(None, (parent, re.sub(r"[^a-z0-9]+", "_", search_key(said)))))[:60]
    with store.tx(ctx) as tx:
        known = document_categories(ctx, kind)
        _require_sound(known, kind, said, parent, code)
        row = DocumentCategory(
            firm_id=ctx.firm_id, owner_kind=kind, code=code, parent=parent, label=said
        )
        tx.add(row)
        tx.audit("create", "document_category", row.id, after={"code": code, "label": said})
        tx.touch("documents")
    return code


def _require_sound(known: pl.DataFrame, kind: str, label: str, parent: str, code: str) -> None:
    problems = []
    if kind not in OF_OWNER:
        problems.append(FieldProblem("owner_kind", "Rayon", "choisissez-le dans la liste."))
    if not label or len(label) > 60:
        problems.append(FieldProblem("label", "Libellé", "de 1 à 60 caractères."))
    if label and code in known["code"].to_list():
        problems.append(FieldProblem("label", "Libellé", "cette catégorie existe déjà."))
    if parent and known.filter(code=parent, parent="").is_empty():
        problems.append(FieldProblem("parent", "Dans", "choisissez une catégorie de la liste."))
    if problems:
        raise InvalidInputError(problems)


def change_category(
    ctx: Context, owner_kind: str, category: str, *, label: str = "", closed: bool | None = None
) -> None:
    """Rename a category, close it or open it again; documents filed under it keep it."""
    ctx.require(Permission.SETTINGS_WRITE)
    kind, said = _shared(owner_kind), " ".join(label.split())[:60]
    with store.tx(ctx) as tx:
        known = document_categories(ctx, kind).filter(code=category)
        if known.is_empty():
            raise NotFoundError("Catégorie", category)
        before = known.row(0, named=True)
        row = next((r for r in _own(ctx, kind) if r.code == category), None)
        if row is None:
            row = DocumentCategory(
                firm_id=ctx.firm_id, owner_kind=kind, code=category, label=before["label"]
            )
            tx.add(row)
        row.label = said or row.label
        row.closed = row.closed if closed is None else closed
        tx.session.add(row)
        was = {name: before[name] for name in ("label", "closed")}
        tx.audit("update", "document_category", row.id, before=was,
                 after={"label": row.label, "closed": row.closed})  # fmt: skip
        tx.touch("documents")


def _shared(owner_kind: str) -> str:
    return {"account": "contact", "custodian": "provider"}.get(owner_kind, owner_kind)


def _own(ctx: Context, kind: str) -> list[DocumentCategory]:
    query = (
        select(DocumentCategory)
        .where(DocumentCategory.firm_id == ctx.firm_id, DocumentCategory.owner_kind == kind)
        .order_by(col(DocumentCategory.label))
    )
    with store.reading(ctx) as session:
        return list(session.exec(query).all())
