"""The partners and the supports of a network, as stored."""

from dataclasses import dataclass

import numpy as np

from o2s_core import market as referential
from o2s_core.demo.network import supports
from o2s_core.demo.network.supports import Families
from o2s_core.demo.partners import EURO_CODE, euro_aliases, euro_fund, invented_rates
from o2s_core.demo.supports import providers
from o2s_core.kernel.identifiers import search_key
from o2s_core.market import matching
from o2s_core.market.models import Instrument, InstrumentAlias, Provider
from o2s_core.store import Tx
from o2s_core.store.bulk import insert_rows


@dataclass(frozen=True, slots=True)
class Partners:
    """Partners by code, supports by rank, and the fonds euros of each insurer."""

    provider_ids: dict[str, int]
    names: dict[str, str]
    families: Families
    ids: np.ndarray  #: of the priced supports, then of the fonds euros, then of the cash
    codes: list[str]  #: as partners name them in their files, in the same order
    labels: list[str]
    euro_funds: np.ndarray  #: row of the partner -> place of its fonds euros in `ids`


def sign(tx: Tx, count: int, seed: int) -> Partners:
    """Create the providers, `count` supports and one fonds euros per insurer."""
    said = [{"code": code, "name": name, "roles": roles} for code, name, roles in providers()]
    provider_ids = dict(
        zip((row["code"] for row in said), insert_rows(tx, Provider, said), strict=True)
    )
    families = supports.families(count, seed)
    priced = supports.rows(families, seed)
    insurers = [row for row in said if "insurer" in row["roles"]]
    euro = [euro_fund(row["name"], provider_ids[row["code"]]) for row in insurers]
    euro = [row | {"search_key": search_key(str(row["label"]))} for row in euro]
    rows = [*priced, *euro]
    ids = insert_rows(tx, Instrument, rows)
    insert_rows(tx, InstrumentAlias, euro_aliases(rows, ids))
    cash = matching.cash_instrument(tx, "EUR")
    referential.record_rates(tx.ctx, invented_rates(tx.ctx.today, seed))
    tx.touch("market")
    places = {row["code"]: len(priced) + n for n, row in enumerate(insurers)}
    return Partners(
        provider_ids=provider_ids,
        names={row["code"]: row["name"] for row in said},
        families=families,
        ids=np.array([*ids, cash]),
        codes=[*(row["isin"] for row in priced), *(EURO_CODE for _ in euro), "EUR"],
        labels=[*(str(row["label"]) for row in rows), "Espèces"],
        euro_funds=np.array([places.get(code, -1) for code in provider_ids]),
    )
