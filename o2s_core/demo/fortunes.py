"""What a third of the demonstration clients own and owe besides their accounts. All invented."""

from datetime import date
from decimal import Decimal
from typing import Final

from o2s_core import store, wealth
from o2s_core.demo.clients import Life, People
from o2s_core.demo.ownership import Owner
from o2s_core.kernel.context import Context
from o2s_core.wealth import AssetForm, BudgetForm, LoanForm, OwnerShare, PledgeForm

#: One family in so many has a home; of these, one in so many a let flat and a bullet loan.
FAMILIES: Final = 2
LETTERS: Final = 3
TOWNS: Final = ("Lyon", "Nantes", "Annecy", "Bordeaux", "Rennes")
THOUSAND: Final = 1000


def settle(ctx: Context, people: People, lives: list[Life]) -> None:
    """Give homes, let flats, loans and budgets to some families, by their rank alone."""
    heads = [o for o in people.owners if not o.is_company and not o.is_minor]
    heads = [o for o in heads if o.spouse is None or o.rank < o.spouse]
    with store.tx(ctx):
        for n, owner in enumerate(heads[::FAMILIES]):
            _home(ctx, people, owner, n)
            _budget(ctx, people, owner, n)
            if n % LETTERS == 0:
                _let_flat(ctx, people, owner, n, lives)


def _owners(people: People, owner: Owner) -> tuple[OwnerShare, ...]:
    first = people.ids[owner.rank]
    if owner.spouse is None:
        return (OwnerShare(first),)
    half = Decimal("0.5")
    return (
        OwnerShare(first, half, origin="common"),
        OwnerShare(people.ids[owner.spouse], half, origin="common"),
    )


def _home(ctx: Context, people: People, owner: Owner, n: int) -> None:
    owners, year = _owners(people, owner), ctx.today.year
    price = Decimal(260 + n * 17 % 190) * THOUSAND
    bought = date(year - 4 - n % 8, 1 + n % 12, 15)
    valued = date(year - (2 if n % 4 == 1 else 0), 1 + n % 10, 10)
    home = wealth.add_asset(ctx, AssetForm(
        "property", "Résidence principale", owners, price * 12 / 10, valued, "adviser",
        acquired_on=bought, price=price, fees=price * 7 / 100, use="main_home",
        address=f"{3 + n} rue des Tilleuls, {TOWNS[n % len(TOWNS)]}",
        surface=Decimal(80 + n % 60), property_tax=Decimal(1100 + n * 37 % 900),
        dpe="BCDE"[n % 4],
    ))  # fmt: skip
    if n % 5 == 4:
        return
    wealth.add_loan(ctx, LoanForm(
        "Prêt résidence principale", "Banque d'exemple", "amortising", price * 7 / 10,
        Decimal("0.0110") + Decimal(n % 6) * Decimal("0.0035"), 240,
        date(bought.year + bought.month // 12, bought.month % 12 + 1, 5), owners,
        insurance_rate=Decimal("0.0025"), fees=Decimal(1800), guarantee="surety", asset_id=home,
    ))  # fmt: skip


def _let_flat(ctx: Context, people: People, owner: Owner, n: int, lives: list[Life]) -> None:
    alone = (OwnerShare(people.ids[owner.rank], origin="own"),)
    year, price = ctx.today.year, Decimal(140 + n * 11 % 80) * THOUSAND
    flat = wealth.add_asset(ctx, AssetForm(
        "property", "Appartement loué", alone, price * 11 / 10, date(year, 3, 1), "adviser",
        acquired_on=date(year - 6, 3, 20), price=price, fees=price * 8 / 100,
        income=price * 5 / 100, charges=price / 100, use="lmnp" if n % 2 else "bare_let",
        address=f"{12 + n} quai de la Gare, {TOWNS[(n + 2) % len(TOWNS)]}",
        surface=Decimal(45), property_tax=Decimal(900), dpe="D",
    ))  # fmt: skip
    loan = wealth.add_loan(ctx, LoanForm(
        "Prêt in fine appartement loué", "Crédit d'exemple", "bullet", price * 6 / 10,
        Decimal("0.021"), 180, date(year - 6, 4, 5), alone, insurance_rate=Decimal("0.003"),
        guarantee="pledge", asset_id=flat,
    ))  # fmt: skip
    mine = [life.account_id for life in lives if _pledgeable(life, owner)]
    if mine:
        given = PledgeForm(mine[0], "Crédit d'exemple", date(year - 6, 4, 5), ratio=Decimal(1))
        wealth.pledge_account(ctx, loan, given)


def _pledgeable(life: Life, owner: Owner) -> bool:
    held = [contact for contact, _ in life.contract.holders]
    return held == [owner.rank] and life.contract.offer.envelope in {
        "assurance_vie", "capitalisation",
    }  # fmt: skip


def _budget(ctx: Context, people: People, owner: Owner, n: int) -> None:
    since, head = date(ctx.today.year, 1, 1), people.ids[owner.rank]
    salary = Decimal(3200 + n * 410 % 3900)
    lines = [
        BudgetForm(head, "income", "salary", salary, since, label="Salaire net"),
        BudgetForm(head, "charge", "living", salary * 35 / 100, since, label="Vie courante"),
        BudgetForm(head, "charge", "taxes", salary * 12 / 10, since, "yearly", "Impôts"),
        BudgetForm(head, "charge", "savings", Decimal(150 + n % 4 * 50), since,
                   label="Versements programmés"),
    ]  # fmt: skip
    if owner.spouse is not None:
        spouse = people.ids[owner.spouse]
        lines.append(BudgetForm(spouse, "income", "salary", salary * 3 / 4, since,
                                label="Salaire net"))  # fmt: skip
    for line in lines:
        wealth.save_budget_item(ctx, line)
