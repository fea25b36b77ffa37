"""Which support a partner's line is about: by ISIN, by the partner's code, else a new one.

These questions are asked for whole files at once; they never decide by a
resemblance of names.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import PermissionDeniedError
from o2s_core.kernel.identifiers import compact, is_isin, search_key
from o2s_core.kernel.permissions import Permission
from o2s_core.market.aliases import EVERYWHERE, alias_key
from o2s_core.market.currencies import major_unit
from o2s_core.market.instruments import mine
from o2s_core.market.kinds import INSTRUMENT_KINDS, class_of
from o2s_core.market.models import Instrument, InstrumentAlias, Provider
from o2s_core.store import Tx

#: Who may have a line create the support it is about.
CREATORS: Final = (
    Permission.INSTRUMENT_WRITE,
    Permission.FEED_RECEIVE,
    Permission.FEED_ATTACH,
    Permission.SITUATION_WRITE,
    Permission.DATA_TAKEOVER,
)

Code = tuple[str, str]  #: (code type, code)


@dataclass(frozen=True, slots=True)
class Named:
    """A support as a partner's line describes it.

    `code` is an ISIN when `code_type` is `isin`, else a code of that partner,
    which is remembered. `kind` may be unknown.
    """

    code_type: str
    code: str
    label: str
    kind: str | None = None
    currency: str = "EUR"
    price_factor: Any = 1

    @property
    def identified(self) -> bool:
        """Return whether the code is an ISIN whose check digit is right."""
        return self.code_type == "isin" and is_isin(self.code)


def instruments_by_isin(ctx: Context, isins: Iterable[str]) -> dict[str, int]:
    """Return the supports that bear some ISINs, by ISIN as it was asked.

    An ISIN that was replaced and kept as another code finds its support too.
    """
    ctx.require(Permission.MARKET_READ)
    asked = {isin: compact(isin) for isin in isins}
    wanted = sorted(set(asked.values()))
    with store.reading(ctx) as session:
        known = _former(ctx, session, wanted) | _bearing(ctx, session, wanted)
    return {isin: known[plain] for isin, plain in asked.items() if plain in known}


def _bearing(ctx: Context, session: Session, isins: Sequence[str]) -> dict[str, int]:
    if not isins:
        return {}
    query = select(Instrument.isin, Instrument.id).where(
        mine(ctx), store.among(ctx, col(Instrument.isin), isins)
    )
    return {isin: id_ for isin, id_ in session.exec(query) if isin and id_}


def _former(ctx: Context, session: Session, isins: Sequence[str]) -> dict[str, int]:
    return {
        code: id_
        for (_, code), id_ in _aliases(ctx, session, EVERYWHERE, {("isin", i) for i in isins})
    }


def instruments_by_alias(ctx: Context, provider_id: int, codes: Iterable[Code]) -> dict[Code, int]:
    """Return the supports that a partner's codes mean, by (code type, code) as asked.

    What was decided for this partner comes before what holds everywhere.
    """
    ctx.require(Permission.MARKET_READ)
    asked = {(kind, code): (kind, alias_key(kind, code)) for kind, code in codes}
    wanted = set(asked.values())
    with store.reading(ctx) as session:
        known = dict(_aliases(ctx, session, EVERYWHERE, wanted))
        known |= dict(_aliases(ctx, session, provider_id, wanted))
    return {pair: known[plain] for pair, plain in asked.items() if plain in known}


def _aliases(
    ctx: Context, session: Session, provider_id: int, wanted: set[Code]
) -> Iterable[tuple[Code, int]]:
    if not wanted:
        return
    named = (InstrumentAlias.code_type, InstrumentAlias.code, InstrumentAlias.instrument_id)
    query = select(*named).where(
        InstrumentAlias.firm_id == ctx.firm_id,
        InstrumentAlias.provider_id == provider_id,
        col(InstrumentAlias.code_type).in_(sorted({kind for kind, _ in wanted})),
        store.among(ctx, col(InstrumentAlias.code), {code for _, code in wanted}),
    )
    for kind, code, instrument_id in session.exec(query):
        if (kind, code) in wanted:
            yield (kind, code), instrument_id


def create_provisional_bulk(tx: Tx, provider_id: int, rows: Sequence[Named]) -> list[int]:
    """Create the supports that no code found, to be completed later; return their ids, in order.

    A valid ISIN makes a provisional support; a wrong one, or none, a support
    "non identifié" known by the partner's code. The same support twice in
    `rows` is created once. Lines keep their value in the meantime.
    """
    _require_creator(tx.ctx)
    firsts = {_key(row): row for row in reversed(rows)}
    missing = list(dict.fromkeys(_key(row) for row in rows))
    made = store.insert_rows(tx, Instrument, [_columns(firsts[key]) for key in missing])
    ids = dict(zip(missing, made, strict=True))
    codes = [
        {"provider_id": provider_id, "code_type": key[0], "code": key[1], "instrument_id": ids[key]}
        for key in missing
        if not firsts[key].identified and key[1]
    ]
    store.insert_rows(tx, InstrumentAlias, codes)
    if missing:
        tx.audit("create", "instrument", None, after={"provisional": len(missing), "ids": made})
        tx.touch("market")
    return [ids[_key(row)] for row in rows]


def _key(row: Named) -> Code:
    return row.code_type, alias_key(row.code_type, row.code)


def _columns(row: Named) -> dict[str, Any]:
    isin = compact(row.code) if row.identified else None
    kind = row.kind if row.kind in INSTRUMENT_KINDS else "other"
    label = " ".join(row.label.split()) or row.code
    return {
        "isin": isin,
        "label": label,
        "kind": kind,
        "asset_class": class_of(kind or "other"),
        "currency": major_unit(row.currency)[0],
        "provider_id": None,
        "manager": "",
        "sri": None,
        "sfdr": None,
        "price_factor": row.price_factor,
        "status": "provisional" if isin else "unidentified",
        "search_key": search_key(f"{label} {isin or row.code}"),
    }


def _require_creator(ctx: Context) -> None:
    if not any(ctx.may(permission) for permission in CREATORS):
        raise PermissionDeniedError(CREATORS[0].label)


def cash_instruments(tx: Tx, currencies: Iterable[str]) -> Mapping[str, int]:
    """Return the cash of some currencies, made where the firm has none yet: one per currency."""
    _require_creator(tx.ctx)
    wanted = sorted({major_unit(currency)[0] for currency in currencies})
    query = select(Instrument).where(
        mine(tx.ctx), Instrument.kind == "cash", col(Instrument.currency).in_(wanted)
    )
    known = {row.currency: row.id or 0 for row in tx.session.exec(query).all()}
    missing = [currency for currency in wanted if currency not in known]
    made = store.insert_rows(tx, Instrument, [_cash(currency) for currency in missing])
    if missing:
        tx.touch("market")
    return known | dict(zip(missing, made, strict=True))


def cash_instrument(tx: Tx, currency: str) -> int:
    """Return the cash of a currency, made when the firm has none yet."""
    _require_creator(tx.ctx)
    return cash_instruments(tx, [currency])[major_unit(currency)[0]]


def _cash(currency: str) -> dict[str, Any]:
    label = "Liquidités" if currency == "EUR" else f"Liquidités {currency}"
    named = Named("label", label, label, "cash", currency)
    return _columns(named) | {"status": "active", "isin": None}


def euro_fund(tx: Tx, provider_id: int, code: str, label: str = "") -> int:
    """Return the fonds euros that an insurer calls so, made when it is new.

    A fonds euros has no ISIN: the insurer's own code, or its label, is its identity.
    """
    _require_creator(tx.ctx)
    code_type = "partner" if code else "label"
    pair = (code_type, code or label)
    known = instruments_by_alias(tx.ctx, provider_id, [pair])
    if known:
        return known[pair]
    named = Named(*pair, label or code, "fonds_euros")
    columns = _columns(named) | {"status": "active", "provider_id": provider_id}
    (made,) = store.insert_rows(tx, Instrument, [columns])
    alias = {"code_type": code_type, "code": alias_key(*pair), "provider_id": provider_id}
    store.insert_rows(tx, InstrumentAlias, [alias | {"instrument_id": made}])
    tx.audit(
        "create", "instrument", made, after={"kind": "fonds_euros", "provider_id": provider_id}
    )
    tx.touch("market")
    return made


def known_cash(ctx: Context) -> dict[str, int]:
    """Return the cash of the firm by currency."""
    ctx.require(Permission.MARKET_READ)
    with store.reading(ctx) as session:
        query = select(Instrument).where(mine(ctx), Instrument.kind == "cash")
        return {row.currency: row.id or 0 for row in session.exec(query).all()}


def unmake(tx: Tx, instrument_ids: Iterable[int], provider_ids: Iterable[int] = ()) -> int:
    """Delete supports and partners that nothing uses and that nobody completed; return how many.

    For what an import made and that is taken back. One that is used stays.
    """
    _require_creator(tx.ctx)
    gone = sum(_unmade(tx, Instrument, id_) for id_ in sorted(set(instrument_ids)))
    gone += sum(_unmade(tx, Provider, id_) for id_ in sorted(set(provider_ids)))
    if gone:
        tx.audit("delete", "instrument", None, before={"unused": gone})
        tx.touch("market")
    return gone


def _unmade(tx: Tx, model: type[Instrument] | type[Provider], id_: int) -> bool:
    own = (model.firm_id == tx.ctx.firm_id, col(model.id) == id_)
    row: Any = tx.session.exec(select(model).where(*own)).first()
    if row is None or row.version > 1:
        return False
    try:
        with tx.session.begin_nested():
            if isinstance(row, Instrument):
                _forget_codes(tx, id_)
            tx.session.delete(row)
            tx.session.flush()
    except IntegrityError:
        return False
    return True


def _forget_codes(tx: Tx, instrument_id: int) -> None:
    own = (
        InstrumentAlias.firm_id == tx.ctx.firm_id,
        InstrumentAlias.instrument_id == instrument_id,
    )
    for alias in tx.session.exec(select(InstrumentAlias).where(*own)).all():
        tx.session.delete(alias)
    tx.session.flush()
