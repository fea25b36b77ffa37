"""How a network is founded: people first, then supports and prices, then contracts by batches."""

from collections.abc import Callable

import numpy as np

from o2s_core import portfolio, store
from o2s_core.demo import clients
from o2s_core.demo.network import contracts, partners, quotes, staff, statements
from o2s_core.demo.network.choices import choose
from o2s_core.demo.network.contracts import Contracts
from o2s_core.demo.network.lives import Lives
from o2s_core.demo.network.partners import Partners
from o2s_core.demo.network.quotes import Quotes
from o2s_core.demo.network.size import Size
from o2s_core.kernel.context import Context
from o2s_core.kernel.french import count as counted
from o2s_core.kernel.french import percent
from o2s_core.market.price_index import price_index
from o2s_core.portfolio.posting import record_movements
from o2s_core.portfolio.recording import record_situations

#: Contracts that live, and are written, at once.
BATCH = 5_000
Tell = Callable[[str], None]


def found(tx: store.Tx, count: int, seed: int, tell: Tell) -> tuple[Partners, Contracts]:
    """Hire, meet, sign and open inside the open write: all that is not history."""
    size = Size(count)
    advisers = staff.hire(tx, size, seed)
    tell(f"Équipe : {size.advisers} conseillers, {size.agencies} agences.")
    people = clients.meet(tx, advisers, count, seed, even=True)
    tell(f"Clients et prospects : {counted(len(people.ids), 'contact')}.")
    signed = partners.sign(tx, size.supports, seed)
    opened = contracts.open_contracts(tx, people, signed, size.accounts, seed)
    tell(f"Ouverts : {counted(len(opened), 'compte')}, {counted(size.supports, 'support')}.")
    return signed, opened


def load(ctx: Context, signed: Partners, opened: Contracts, seed: int, tell: Tell) -> None:
    """Publish the prices, then let the contracts live and write what happened, by batches."""
    drawn = quotes.draw_quotes(ctx, signed.families, seed)
    codes = np.unique(signed.families.currencies)
    published = quotes.publish(ctx, drawn, signed.ids, codes)
    tell(f"Publiés : {counted(published, 'cours', 'cours')}.")
    lines = moves = 0
    for n, start in enumerate(range(0, len(opened), BATCH)):
        part = opened.part(slice(start, start + BATCH))
        made = _batch(ctx, part, signed, drawn, np.random.default_rng([seed, n]))
        lines, moves = lines + made[0], moves + made[1]
        done = min(start + BATCH, len(opened)) / len(opened)
        tell(f"{percent(done, 0)} : {counted(lines, 'ligne')}, {counted(moves, 'mouvement')}.")
    store.publish_dirty(ctx, portfolio.PROJECTIONS)
    price_index(ctx)
    tell("Vues d'ensemble publiées.")


def _batch(
    ctx: Context, part: Contracts, signed: Partners, drawn: Quotes, draw: np.random.Generator
) -> tuple[int, int]:
    """Write what happened on some contracts and what is held; return lines and movements."""
    held = choose(part.offer, signed.families, draw)
    seen = Lives(part, held, drawn, signed.families, draw).live()
    lines = statements.lines(seen, held, part, signed, drawn)
    moves = statements.movements(seen, part, signed, drawn)
    heads = statements.situations(lines)
    with store.tx(ctx) as tx:
        record_situations(tx, heads, lines, delivery_id=None)
        record_movements(tx, moves, delivery_id=None)
        said = {"accounts": len(part), "lines": lines.height, "movements": moves.height}
        tx.audit("load", "portfolio", None, after=said)
    return lines.height, moves.height
