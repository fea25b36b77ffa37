"""How far may a partner's figures be from ours before a control speaks? (tolérances d'un flux)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

import orjson
from sqlmodel import select

from o2s_core import store
from o2s_core.aggregation.models import Feed
from o2s_core.kernel.context import Context
from o2s_core.kernel.forms import FormField
from o2s_core.market import freshness
from o2s_core.market.rates import REACH


@dataclass(frozen=True, slots=True)
class Tolerances:
    """The gaps that the controls V01 to V07 let pass; shares are ratios (0.001 is 0,1 %).

    Where an amount and a share stand together, the larger of the two is allowed.
    """

    line_amount: Decimal = Decimal("0.05")  #: V01, in the currency of the line
    line_share: Decimal = Decimal("0.001")  #: V01, of the value of the line
    total_amount: Decimal = Decimal("0.05")  #: V02, in the currency of the account
    total_share: Decimal = Decimal("0.0001")  #: V02, of the total
    quantity: Decimal = Decimal("0.0001")  #: V03, units by support
    cash_amount: Decimal = Decimal("0.05")  #: V04, in the currency of the account
    account_change: Decimal = Decimal("0.20")  #: V05, value at unchanged quantities
    accounts_drop: Decimal = Decimal("0.10")  #: V05, accounts gone from a complete file
    total_drop: Decimal = Decimal("0.10")  #: V05, fall of the total of a complete file
    listed_days: int = 5  #: V06, open days without price of a listed support
    fund_days: int = 10  #: V06, open days without price of a fund
    estate_days: int = 120  #: V06, days without price of an SCPI, SCI or OPCI
    private_days: int = 400  #: V06, days without price of a private fund or a fonds en euros
    rate_days: int = 7  #: V07, age of an exchange rate

    def price_days(self, kind: str) -> int | None:
        """Return how old a price of a kind may be, in the unit of `market.freshness`."""
        family = _FAMILIES.get(freshness.LIMITS.get(kind, freshness.FUND))
        return None if kind == "cash" or family is None else int(getattr(self, family))

    def is_old(self, kind: str, priced_on: date, on: date) -> bool:
        """Return whether a price is too old on a day, for that kind of support."""
        limit = self.price_days(kind)
        return limit is not None and freshness.age(kind, priced_on, on) > limit


#: Usual limit of a kind of support -> the tolerance that stands for it here.
_FAMILIES: Final = {
    freshness.LISTED: "listed_days",
    freshness.FUND: "fund_days",
    freshness.Limit(120, "calendar"): "estate_days",
    freshness.PRIVATE: "private_days",
}
DEFAULT: Final = Tolerances()
_COUNTS: Final = ("listed_days", "fund_days", "estate_days", "private_days", "rate_days")


def tolerances_of(feed: Feed | None) -> Tolerances:
    """Return what a feed lets pass: its own figures, else the product's."""
    own = orjson.loads(feed.tolerances) if feed is not None and feed.tolerances else {}
    known = {field.name for field in fields(Tolerances)}
    return replace(
        DEFAULT, **{name: _read(name, said) for name, said in own.items() if name in known}
    )


def allowed_by(ctx: Context) -> dict[int, Tolerances]:
    """Return what each feed of the firm lets pass."""
    with store.reading(ctx) as session:
        rows = session.exec(select(Feed).where(Feed.firm_id == ctx.firm_id)).all()
    return {feed.id or 0: tolerances_of(feed) for feed in rows}


def _read(name: str, said: Any) -> Any:  # noqa: ANN401
    return int(said) if name in _COUNTS else Decimal(said)


def stored(tolerances: Tolerances) -> str:
    """Return what a feed keeps of its tolerances: those that are not the product's."""
    usual = asdict(DEFAULT)
    own = {name: str(v) for name, v in asdict(tolerances).items() if v != usual[name]}
    return orjson.dumps(own, option=orjson.OPT_SORT_KEYS).decode() if own else ""


def typed_tolerances(values: Mapping[str, Any]) -> Tolerances:
    """Return the tolerances that a person typed; an empty field is the product's."""
    known = asdict(DEFAULT)
    given = {n: _read(n, v) for n, v in values.items() if n in known and v is not None}
    return replace(DEFAULT, **given)


def _in_range(value: Decimal, _all: Mapping[str, Any], _today: object) -> str | None:
    return None if 0 <= value <= 1 else "indiquez un pourcentage entre 0 et 100."


def _not_negative(value: Decimal, _all: Mapping[str, Any], _today: object) -> str | None:
    return None if value >= 0 else "indiquez un nombre positif ou nul."


def _days(value: object, _all: Mapping[str, Any], _today: object) -> str | None:
    right = isinstance(value, int) and 0 <= value <= 3650
    return None if right else "indiquez un nombre de jours entier, de 0 à 3650."


def _rate_days(value: object, _all: Mapping[str, Any], _today: object) -> str | None:
    right = isinstance(value, int) and 0 <= value <= REACH.days
    return None if right else f"indiquez un nombre de jours entier, de 0 à {REACH.days}."


_V01, _V02 = "V01 · Quantité × cours et valeur de la ligne", "V02 · Lignes et total du compte"
_V03, _V05 = "V03, V04 · Situation et mouvements", "V05 · Variations"
_V06, _V07 = "V06 · Âge des cours", "V07 · Taux de change"
#: The tolerances as a person types them, by control.
TOLERANCE_FIELDS: Final = (
    FormField("line_amount", "Écart toléré", "quantity", check=_not_negative, section=_V01),
    FormField("line_share", "ou part de la valeur (%)", "percent", check=_in_range, section=_V01),
    FormField("total_amount", "Écart toléré", "quantity", check=_not_negative, section=_V02),
    FormField("total_share", "ou part du total (%)", "percent", check=_in_range, section=_V02),
    FormField("quantity", "Parts, par support", "quantity", check=_not_negative, section=_V03),
    FormField("cash_amount", "Espèces", "quantity", check=_not_negative, section=_V03),
    FormField("account_change", "Valeur du compte (%)", "percent", check=_in_range, section=_V05),
    FormField("accounts_drop", "Comptes disparus (%)", "percent", check=_in_range, section=_V05),
    FormField("total_drop", "Total de l'envoi (%)", "percent", check=_in_range, section=_V05),
    FormField("listed_days", "Cotés, jours ouvrés", "integer", check=_days, section=_V06),
    FormField("fund_days", "OPCVM, jours ouvrés", "integer", check=_days, section=_V06),
    FormField("estate_days", "SCPI et SCI, jours", "integer", check=_days, section=_V06),
    FormField("private_days", "Non cotés et euros, jours", "integer", check=_days, section=_V06),
    FormField("rate_days", "Âge maximal, jours", "integer", check=_rate_days, section=_V07),
)  # fmt: skip
