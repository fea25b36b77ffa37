"""What does not go well, on purpose, so that every state of a delivery can be worked on."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

import orjson

from o2s_core import administration, aggregation
from o2s_core.demo.clients import Life, People
from o2s_core.demo.partners import Partners
from o2s_core.kernel.context import Context
from o2s_core.kernel.money import cents

#: Who brings the file of unknown accounts, and finds them on the home page.
BRINGS: Final = "conseiller"


def happen(ctx: Context, partners: Partners, people: People, lives: list[Life]) -> None:
    """Receive what a firm meets in a month: unknown accounts, a wrong total, a login page."""
    on = ctx.today - timedelta(days=3)
    known = [life for life in lives if not life.declared and life.contract.offer.lines[1] > 2]
    _unknown_accounts(ctx, partners, people, on)
    _wrong_total(ctx, partners, known[0], on)
    _half_right(ctx, partners, known[1:3], on)
    _sent_twice(ctx, partners, known[3], on)
    _sent_by_mistake(ctx, partners, known[4], on)
    _older_than_known(ctx, partners, known[5])
    page = "<!DOCTYPE html><html><body>Votre session a expiré, reconnectez-vous.</body></html>"
    aggregation.receive(ctx, page.encode(), f"extranet-{on:%Y%m%d}.csv")


def _unknown_accounts(ctx: Context, partners: Partners, people: People, on: date) -> None:
    """Have an adviser bring accounts nobody knows: two clients' of his, two strangers'."""
    ctx = administration.context_as(ctx.place, BRINGS, ctx.now, ctx.today)
    mine = [o.rank for o in people.owners if people.advisers[o.rank] == ctx.user_id]
    first, second = (people.names[rank] for rank in mine[:2])
    swapped = " ".join(reversed(second.split(" ", 1)))
    holders = [first, swapped.upper(), "VASSEUR-LEMOINE Marie-Hélène", "ROUSSET Damien"]
    accounts = [
        _account(partners, f"NV{70_000_000 + n * 811}", holder, 4 * n, on)
        for n, holder in enumerate(holders)
    ]
    _send(ctx, "alpage_assurances", f"alpage_assurances-nouveaux-{on:%Y%m%d}", accounts)


def _wrong_total(ctx: Context, partners: Partners, life: Life, on: date) -> None:
    """Deliver an account whose lines do not make the total that the partner announces."""
    account = _account(partners, life.contract.number, "", 2, on)
    account["situations"][0]["total"] = "1000.00"
    _send(ctx, life.contract.provider, f"{life.contract.provider}-total-{on:%Y%m%d}", [account])


def _half_right(ctx: Context, partners: Partners, lives: list[Life], on: date) -> None:
    """Deliver two accounts, one right and one whose currency does not exist."""
    provider = lives[0].contract.provider
    right = _account(partners, lives[0].contract.number, "", 6, on)
    wrong = _account(partners, f"NV{79_000_000}", "ROUSSET Damien", 9, on)
    wrong["situations"][0]["lines"][0]["currency"] = "ZZZ"
    _send(ctx, provider, f"{provider}-hebdo-{on:%Y%m%d}", [right, wrong])


def _sent_twice(ctx: Context, partners: Partners, life: Life, on: date) -> None:
    account = _account(partners, life.contract.number, "", 12, on)
    for name in ("envoi", "renvoi"):
        provider = life.contract.provider
        _send(ctx, provider, f"{provider}-{name}-{on:%Y%m%d}", [account])


def _sent_by_mistake(ctx: Context, partners: Partners, life: Life, on: date) -> None:
    """Deliver, then cancel: everything is as before."""
    account = _account(partners, life.contract.number, "", 15, on)
    provider = life.contract.provider
    report = _send(ctx, provider, f"{provider}-erreur-{on:%Y%m%d}", [account])
    if report.delivery_id is not None:
        aggregation.cancel(ctx, report.delivery_id, "Fichier d'un autre cabinet envoyé par erreur.")


def _older_than_known(ctx: Context, partners: Partners, life: Life) -> None:
    """Deliver a day older than what is known: it joins the history."""
    on = max(life.contract.situations) - timedelta(days=40)
    account = _account(partners, life.contract.number, "", 18, on)
    provider = life.contract.provider
    _send(ctx, provider, f"{provider}-rattrapage-{on:%Y%m%d}", [account])


def _account(partners: Partners, number: str, holder: str, rank: int, on: date) -> dict[str, Any]:
    """Return a small contract of two supports, as the native format writes it."""
    lines = [_line(partners, rank + n, Decimal(40 + 7 * n), on) for n in range(2)]
    total = sum((Decimal(line["value"]) for line in lines), Decimal(0))
    last, _, first = holder.partition(" ")
    holders = [{"last_name": last, "first_name": first}] if holder else []
    situation = {"as_of": on, "currency": "EUR", "total": str(total), "lines": lines}
    named = {"number": number, "label": "Contrat", "envelope": "assurance_vie", "currency": "EUR"}
    return named | {"holders": holders, "situations": [situation]}


def _line(partners: Partners, rank: int, quantity: Decimal, on: date) -> dict[str, Any]:
    price = partners.market.price(rank, on) or Decimal(100)
    return {
        "isin": partners.isins[rank],
        "label": partners.labels[rank],
        "quantity": str(quantity),
        "price": str(price),
        "price_on": partners.market.priced_on(rank, on),
        "value": str(cents(quantity * price)),
        "currency": "EUR",
    }


def _send(
    ctx: Context, provider: str, name: str, accounts: list[dict[str, Any]]
) -> aggregation.DeliveryReport:
    document = {"format": "o2s-accounts", "version": 1, "accounts": accounts}
    return aggregation.receive(ctx, orjson.dumps(document), f"{name}.json", feed=provider)
