"""The switches that bring accounts back to their model, kept as proposals to be reviewed."""

from collections.abc import Hashable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import delete
from sqlmodel import col, select

from o2s_core import market, store
from o2s_core.analytics import rebalancing
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from o2s_core.kernel.money import ZERO
from o2s_core.kernel.permissions import Permission
from o2s_core.market import VersionCard
from o2s_core.portfolio.held_accounts import held_by_ids
from o2s_core.portfolio.models import SwitchLine, SwitchProposal
from o2s_core.portfolio.switches.eligibility import GUARANTEED, require_switchable
from o2s_core.portfolio.switches.following import current
from o2s_core.portfolio.switches.portrait import Portrait, Support, model_versions, portraits
from o2s_core.portfolio.switches.taxes import tax_estimate
from o2s_core.portfolio.switches.terms import TERMS_FORM, SwitchTerms

LEFT_APART: Final = "laissé de côté à votre demande"
MOST: Final = 500  #: accounts of one demand
OLD_PRICE: Final = "cours ancien : montant indicatif"


def propose_switches(
    ctx: Context,
    account_ids: Sequence[int],
    terms: SwitchTerms,
    model_id: int | None = None,
    *,
    key: str | None = None,
) -> int:
    """Make one draft proposal per account; return the id of the first.

    Each account is brought back to `model_id`, or to the model that it follows. A draft
    that already waits for an account is replaced. `key` makes a button pressed twice act once.

    Raises
    ------
    NotFoundError
        One of the accounts, or the model, is not there for this user; nothing is made.
    InvalidInputError
        The terms are wrong, an account follows no model, its envelope is never switched.
    """
    ctx.require(Permission.SWITCH_PROPOSE)
    TERMS_FORM.require_valid(terms.values(), ctx.today)
    if not 0 < len(set(account_ids)) <= MOST:
        raise InvalidInputError(f"Choisissez de 1 à {MOST} comptes.")
    with store.tx(ctx) as tx:
        return store.idempotent(tx, key, lambda: _made(tx, account_ids, terms, model_id))


def _made(
    tx: store.Tx, account_ids: Sequence[int], terms: SwitchTerms, model_id: int | None
) -> int:
    ctx, ids = tx.ctx, list(dict.fromkeys(account_ids))
    seen = {account.id: account for account in held_by_ids(tx.session, ctx, ids)}
    for id_ in ids:
        if id_ not in seen:
            raise NotFoundError("Compte", id_)
        require_switchable(seen[id_].envelope)
    models = _models(tx, ids, model_id)
    versions = _versions(ctx, models)
    found = portraits(ctx, {id_: versions[models[id_]] for id_ in ids}, ids)
    made = []
    for id_ in ids:
        _drop_drafts(tx, id_)
        made.append(_kept(tx, found[id_], models[id_], versions[models[id_]], terms))
    tx.touch("portfolio")
    return made[0]


def _models(tx: store.Tx, ids: list[int], model_id: int | None) -> dict[int, int]:
    if model_id is not None:
        return dict.fromkeys(ids, model_id)
    followed = current(tx.session, tx.ctx, ids)
    if missing := [id_ for id_ in ids if id_ not in followed]:
        raise InvalidInputError(
            "Un des comptes choisis ne suit aucun portefeuille modèle "
            f"(compte n° {missing[0]}) : affectez-lui un modèle, ou choisissez-en un."
        )
    return {id_: followed[id_].model_id for id_ in ids}


def _versions(ctx: Context, models: Mapping[int, int]) -> dict[int, VersionCard]:
    versions = model_versions(ctx, models.values())
    for model_id in models.values():
        if model_id not in versions:
            name = market.model_portfolio(ctx, model_id).name
            raise InvalidInputError(
                f"« {name} » n'a pas de version en vigueur : publiez-la, ou choisissez un modèle."
            )
    return versions


def _drop_drafts(tx: store.Tx, account_id: int) -> None:
    drafts = select(SwitchProposal.id).where(
        SwitchProposal.firm_id == tx.ctx.firm_id,
        SwitchProposal.account_id == account_id,
        SwitchProposal.state == "draft",
    )
    ids = list(tx.session.exec(drafts))
    for model, name in ((SwitchLine, SwitchLine.proposal_id), (SwitchProposal, SwitchProposal.id)):
        tx.session.execute(delete(model).where(col(name).in_(ids)))


def _kept(
    tx: store.Tx, portrait: Portrait, model_id: int, version: VersionCard, terms: SwitchTerms
) -> int:
    """Compute one proposal and keep it with its lines."""
    ctx = tx.ctx
    moved = [s for s in portrait.supports if not _apart(s, terms)]
    orders = rebalancing.propose(
        {s.instrument_id: s.value_eur for s in moved if s.value_eur > 0 or s.pending_eur},
        {s.instrument_id: s.target for s in moved if s.target},
        _constraints(moved, terms),
    )
    amounts = {id_: (side, amount, share) for side, id_, amount, share in orders.rows()}
    missing = {id_: (amount, why) for id_, amount, why in orders.unplaced.rows()}
    by_id = {s.instrument_id: s for s in portrait.supports}
    sold = [(by_id[i], a) for i, (side, a, _) in amounts.items() if side == "sell"]
    tax = tax_estimate(portrait.account.envelope, sold, ctx.today)
    row = SwitchProposal(
        firm_id=ctx.firm_id,
        account_id=portrait.account.id,
        model_id=model_id,
        model_version_id=version.id,
        made_on=ctx.today,
        total_eur=portrait.total_eur,
        switch_fee_eur=None if terms.switch_fee is None else orders.switch_fee,
        entry_fee_eur=None if terms.entry_fee is None else orders.entry_fee,
        gain_eur=tax.gain_eur,
        tax_eur=tax.tax_eur if sold else ZERO,
        tax_note=tax.note if sold else "",
        notes="\n".join(_notes(portrait)),
        by_solver=orders.solver,
        terms=terms.stored(),
        fingerprint=portrait.fingerprint,
    )
    tx.add(row)
    for rank, support in enumerate(portrait.supports):
        values = _line(support, amounts, missing, terms)
        tx.session.add(
            SwitchLine(firm_id=ctx.firm_id, proposal_id=row.id or 0, rank=rank, **values)
        )
    holders = portrait.account.holders
    tx.audit(
        "propose", "switch", row.id, after={"account": portrait.account.id, "model": model_id},
        subject=holders[0].contact_id if holders else None,
    )  # fmt: skip
    return row.id or 0


def _apart(support: Support, terms: SwitchTerms) -> bool:
    """Tell whether a support outside the model is left out of the whole that is shared."""
    return support.instrument_id in terms.excluded and not support.target


def _constraints(supports: Sequence[Support], terms: SwitchTerms) -> rebalancing.Constraints:
    apart: dict[Hashable, str] = {
        s.instrument_id: LEFT_APART for s in supports if s.instrument_id in terms.excluded
    }
    euro = [s for s in supports if s.kind in GUARANTEED]
    refused: dict[Hashable, str] = {s.instrument_id: s.refused for s in supports if s.refused}
    capped = terms.fonds_euros_cap is not None
    limit = terms.fonds_euros_exit
    return rebalancing.Constraints(
        band=terms.band,
        aim="edge" if terms.aim == "edge" else "target",
        bounds={
            s.instrument_id: (s.minimum, s.maximum) if s.target else (ZERO, ZERO)
            for s in supports
            if not (capped and s.kind in GUARANTEED)
        },
        unsellable=apart,
        unbuyable=refused | apart,
        pending={s.instrument_id: s.pending_eur for s in supports if s.pending_eur},
        exit_limits={} if limit is None else {s.instrument_id: s.value_eur * limit for s in euro},
        fonds_euros=frozenset(s.instrument_id for s in euro),
        fonds_euros_cap=terms.fonds_euros_cap,
        switch_fee=terms.switch_fee or ZERO,
        entry_fees={s.instrument_id: terms.entry_fee or ZERO for s in supports},
        minimum_order=terms.minimum_order or ZERO,
        minimum_line=terms.minimum_line or ZERO,
        maximum_lines=terms.maximum_lines,
    )


def _line(
    support: Support,
    amounts: Mapping[int, tuple[str, Decimal, Decimal | None]],
    missing: Mapping[int, tuple[Decimal, str]],
    terms: SwitchTerms,
) -> dict[str, Any]:
    side, amount, share = amounts.get(support.instrument_id, ("", None, None))
    lacks, why = missing.get(support.instrument_id, (None, ""))
    apart = support.instrument_id in terms.excluded
    entry = (amount or ZERO) * (terms.entry_fee or ZERO)
    change = {"sell": -(amount or ZERO), "buy": (amount or ZERO) - entry}.get(side, ZERO)
    change += support.pending_eur
    old = support.stale and bool(side)
    said = (
        why or LEFT_APART * apart,
        _under_way(support),
        support.doubt if side == "buy" else "",
        OLD_PRICE * old,
    )
    return {
        "instrument_id": support.instrument_id,
        "label": support.label,
        "before_eur": support.value_eur,
        "target": None if apart and not support.target else support.target,
        "side": side,
        "amount_eur": amount,
        "share": share,
        "after_eur": (support.value_eur + change).quantize(Decimal("0.01")),
        "missing_eur": lacks,
        "indicative": old,
        "note": " · ".join(filter(None, said)),
    }


def _under_way(support: Support) -> str:
    if not support.pending_eur:
        return ""
    return f"ordre déjà retenu, pas encore exécuté : {french.eur(support.pending_eur, signed=True)}"


def _notes(portrait: Portrait) -> list[str]:
    return [f"{label} : {why}, laissé de côté" for label, _, why in portrait.apart]
