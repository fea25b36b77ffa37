"""Records in one line each; every builder returns the id."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import count

from o2s_core import store
from o2s_core.contacts import models as contacts
from o2s_core.kernel.context import Context
from o2s_core.kernel.identifiers import compact, isin_with_check_digit, search_key
from o2s_core.market import models as market
from o2s_core.portfolio import models as portfolio

_numbers = count(1)


def _add(ctx: Context, row, *datasets: str) -> int:
    with store.tx(ctx) as tx:
        tx.add(row)
        for dataset in datasets:
            tx.touch(dataset)
    return row.id


def _owner(ctx: Context) -> int | None:
    return ctx.user_id


def person(
    ctx: Context, last_name="Martin", first_name="Anne", *, adviser=None, stage="client", **fields
) -> int:
    """A person of the adviser who builds them, unless `adviser` says otherwise."""
    code = fields.pop("file_code", f"C{next(_numbers):05d}")
    return _add(
        ctx,
        contacts.Contact(
            firm_id=ctx.firm_id,
            kind="person",
            stage=stage,
            file_code=code,
            last_name=last_name,
            first_name=first_name,
            adviser_id=adviser or _owner(ctx),
            search_key=search_key(f"{last_name} {first_name} {code} {_reached(fields)}"),
            **fields,
        ),
        "contacts",
    )


def _reached(fields: dict) -> str:
    """What a contact is searched by beside its name, as its form would say."""
    return " ".join(fields.get(name) or "" for name in ("client_number", "email", "phone"))


def company(
    ctx: Context, legal_name="SCI des Lilas", *, adviser=None, stage="client", **fields
) -> int:
    code = fields.pop("file_code", f"C{next(_numbers):05d}")
    return _add(
        ctx,
        contacts.Contact(
            firm_id=ctx.firm_id,
            kind="company",
            stage=stage,
            file_code=code,
            legal_name=legal_name,
            adviser_id=adviser or _owner(ctx),
            search_key=search_key(f"{legal_name} {code}"),
            **fields,
        ),
        "contacts",
    )


def household(ctx: Context, *members: int, name="Foyer Martin", **fields) -> int:
    code = fields.pop("file_code", f"F{next(_numbers):05d}")
    made = _add(
        ctx,
        contacts.Contact(
            firm_id=ctx.firm_id,
            kind="household",
            stage="client",
            file_code=code,
            last_name=name,
            adviser_id=_owner(ctx),
            search_key=search_key(f"{name} {code}"),
            **fields,
        ),
        "contacts",
    )
    for rank, member in enumerate(members):
        _add(
            ctx,
            contacts.HouseholdMember(
                firm_id=ctx.firm_id,
                household_id=made,
                contact_id=member,
                role="head" if rank == 0 else "other",
            ),
            "contacts",
        )
    return made


def group(ctx: Context, *members: int, name="Famille Martin") -> int:
    made = _add(
        ctx,
        contacts.ContactGroup(firm_id=ctx.firm_id, name=name, adviser_id=_owner(ctx)),
        "contacts",
    )
    for member in members:
        _add(
            ctx,
            contacts.ContactGroupMember(firm_id=ctx.firm_id, group_id=made, contact_id=member),
            "contacts",
        )
    return made


def provider(ctx: Context, code="assureur", name="Assureur d'essai") -> int:
    return _add(ctx, market.Provider(firm_id=ctx.firm_id, code=code, name=name), "market")


def instrument(
    ctx: Context,
    label="Fonds d'essai",
    *,
    isin="",
    kind="opcvm",
    asset_class="equity",
    currency="EUR",
    **fields,
) -> int:
    """An instrument with a fresh valid ISIN; `isin=None` for one without."""
    code = isin_with_check_digit(f"XF{next(_numbers):09d}") if isin == "" else isin
    return _add(
        ctx,
        market.Instrument(
            firm_id=ctx.firm_id,
            isin=code,
            label=label,
            kind=kind,
            asset_class=asset_class,
            currency=currency,
            search_key=search_key(f"{label} {code or ''}"),
            **fields,
        ),
        "market",
    )


def price(
    ctx: Context, instrument_id: int, day: date, value: str, *, currency="EUR", source="essai"
) -> None:
    _add(
        ctx,
        market.PendingPrice(
            firm_id=ctx.firm_id,
            instrument_id=instrument_id,
            day=day,
            value=Decimal(value),
            currency=currency,
            source=source,
            recorded_at=ctx.now,
        ),
        "prices",
    )


def account(
    ctx: Context,
    provider_id: int,
    holders: Sequence[int] | dict[int, str],
    *,
    number="",
    label="Contrat d'essai",
    envelope="assurance_vie",
    adviser=None,
    **fields,
) -> int:
    """An account of the given holders, in equal shares or by `{contact: "0.5"}`."""
    number = number or f"N{next(_numbers):08d}"
    shares = (
        holders if isinstance(holders, dict) else {h: Decimal(1) / len(holders) for h in holders}
    )
    made = _add(
        ctx,
        portfolio.Account(
            firm_id=ctx.firm_id,
            number=number,
            number_key=compact(number),
            search_key=search_key(f"{label} {compact(number)}"),
            label=label,
            envelope=envelope,
            provider_id=provider_id,
            adviser_id=adviser or _owner(ctx),
            **fields,
        ),
        "portfolio",
    )
    for rank, (contact_id, share) in enumerate(shares.items()):
        _add(
            ctx,
            portfolio.AccountHolder(
                firm_id=ctx.firm_id,
                account_id=made,
                contact_id=contact_id,
                share=Decimal(share).quantize(Decimal("1e-8")),
                rank=rank,
            ),
            "portfolio",
        )
    return made


def situation(
    ctx: Context,
    account_id: int,
    as_of: date,
    lines: Sequence[dict],
    *,
    source="partner",
    total=None,
    **fields,
) -> int:
    """A situation whose lines are `{"instrument_id":…, "quantity": "3", "value": "300", …}`."""
    exact = ("quantity", "unit_cost", "price", "accrued", "value")
    made = _add(
        ctx,
        portfolio.Situation(
            firm_id=ctx.firm_id,
            account_id=account_id,
            as_of=as_of,
            source=source,
            content_hash=f"h{next(_numbers)}",
            received_at=ctx.now,
            reported_total=None if total is None else Decimal(total),
            **fields,
        ),
        "portfolio",
    )
    for n, line in enumerate(lines, 1):
        cells = {k: Decimal(v) if k in exact and v is not None else v for k, v in line.items()}
        _add(
            ctx,
            portfolio.SituationLine(
                firm_id=ctx.firm_id,
                situation_id=made,
                account_id=account_id,
                **({"label": "ligne", "locator": f"ligne {n}"} | cells),
            ),
            "portfolio",
        )
    return made


def movement(
    ctx: Context,
    account_id: int,
    trade_on: date,
    kind: str,
    *,
    instrument_id=None,
    currency="EUR",
    label="",
    **amounts,
) -> int:
    """A movement: `movement(ctx, a, day, "buy", instrument_id=i, quantity="2", net="-20")`."""
    exact = {k: Decimal(v) for k, v in amounts.items()}
    key = f"k{next(_numbers)}"
    return _add(
        ctx,
        portfolio.Movement(
            firm_id=ctx.firm_id,
            account_id=account_id,
            key=key,
            trade_on=trade_on,
            value_on=trade_on,
            kind=kind,
            instrument_id=instrument_id,
            currency=currency,
            label=label,
            content_hash=key,
            recorded_at=ctx.now,
            **exact,
        ),
        "portfolio",
    )
