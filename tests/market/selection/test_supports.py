"""What the firm says of a support itself: description, notes, documents, absorption, cheaper ones."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from o2s_core import market, store
from o2s_core.kernel.errors import (
    InvalidInputError,
    NotFoundError,
    PermissionDeniedError,
    StaleEditError,
)
from o2s_core.kernel.permissions import Permission
from o2s_core.market import (
    AbsorptionForm,
    DescriptionForm,
    OfferFilter,
    ProductForm,
    ProviderForm,
    SupportFilter,
    SupportPaper,
)
from o2s_core.market.models import FundFact, FundReport
from tests import kit

MAY = date(2026, 5, 4)
D = Decimal


@pytest.fixture
def fund(firm):
    return kit.instrument(firm.operator, "Europe Valeur C", manager="Azur AM", sri=4)


def said(firm, instrument_id, name, number):
    about = {"firm_id": firm.id, "instrument_id": instrument_id, "as_of": MAY}
    template = "eet" if name.startswith("esg") else "emt"
    with store.tx(firm.operator) as tx:
        report = FundReport(template=template, **about)
        tx.add(report)
        tx.add(FundFact(report_id=report.id, name=name, number=D(number), **about))
        tx.touch("market")


def ids(firm, **asked):
    ctx = replace(firm.operator, versions=store.versions(firm.place, firm.id))
    return market.supports(ctx, SupportFilter(**asked))["id"].to_list()


def test_a_description_is_dated_sourced_and_searched_at_once(firm, fund):
    assert ids(firm, labels=("isr",)) == []
    first = DescriptionForm("Prospectus", MAY, "europe", ("pea", "assurance_vie"), ("isr",))
    market.describe(firm.operator, fund, first)
    assert ids(firm, labels=("isr", "greenfin")) == ids(firm, eligible=("pea",)) == [fund]
    later = DescriptionForm("Avis aux porteurs", date(2026, 9, 1), "europe", ("assurance_vie",))
    market.describe(firm.operator, fund, later)
    assert ids(firm, eligible=("pea",)) == ids(firm, labels=("isr",)) == []
    told = market.descriptions(firm.operator, fund)
    assert told.select("source", "eligible", "author").rows() == [
        ("Avis aux porteurs", "assurance_vie", "cli"),
        ("Prospectus", "pea,assurance_vie", "cli"),
    ]


@pytest.mark.parametrize(
    ("form", "why"),
    [
        (DescriptionForm("", MAY), "Source"),
        (DescriptionForm("Prospectus", None), "Date de la source"),
        (DescriptionForm("Prospectus", date(2027, 1, 1)), "futur"),
        (DescriptionForm("Prospectus", MAY, "mars"), "listes"),
    ],
)
def test_a_description_without_source_is_refused(firm, fund, form, why):
    with pytest.raises(InvalidInputError) as refused:
        market.describe(firm.operator, fund, form)
    assert why in str(refused.value)


def test_a_note_is_changed_and_deleted_with_its_trace(firm, fund):
    made = market.write_note(firm.operator, fund, "Gérant parti", key="k")
    assert market.write_note(firm.operator, fund, "Gérant parti", key="k") == made
    second = market.edit_note(firm.operator, made, "Gérant remplacé")
    with pytest.raises(InvalidInputError, match="rechargez"):
        market.edit_note(firm.operator, made, "Autre")
    market.delete_note(firm.operator, second)
    assert market.support_notes(firm.operator, fund).select("state", "text").rows() == [
        ("deleted", "Gérant remplacé"),
        ("replaced", "Gérant remplacé"),
        ("replaced", "Gérant parti"),
    ]
    with pytest.raises(InvalidInputError, match="Note"):
        market.write_note(firm.operator, fund, "  ")


def test_the_documents_of_a_support_are_files_and_addresses(firm, fund):
    ctx = firm.operator
    kid = SupportPaper("DIC 2026", "kid", MAY, date(2026, 6, 1), file_name="dic.pdf")
    market.add_support_paper(ctx, fund, kid, b"%PDF-1.4 essai")
    away = SupportPaper("Prospectus", "prospectus", address="https://azur.exemple.fr/p.pdf")
    market.add_support_paper(ctx, fund, away)
    rows = market.support_papers(ctx, fund)
    assert rows.select("title", "where", "expired").rows() == [
        ("DIC 2026", "dic.pdf", True),
        ("Prospectus", "https://azur.exemple.fr/p.pdf", False),
    ]
    assert market.support_paper_ticket(ctx, fund, rows["key"][0])
    for key in rows["key"]:
        market.remove_support_paper(ctx, fund, key)
    assert market.support_papers(ctx, fund).is_empty()


@pytest.mark.parametrize(
    ("paper", "why"),
    [
        (SupportPaper("", "kid", address="https://a.fr"), "Titre"),
        (SupportPaper("DIC", "identity", address="https://a.fr"), "Nature"),
        (SupportPaper("DIC", "kid"), "déposez un fichier"),
        (SupportPaper("DIC", "kid", address="javascript:alert(1)"), "adresse complète"),
    ],
)
def test_a_document_that_cannot_be_opened_is_refused(firm, fund, paper, why):
    with pytest.raises(InvalidInputError) as refused:
        market.add_support_paper(firm.operator, fund, paper)
    assert why in str(refused.value)


def test_the_document_of_a_support_is_no_client_s(firm, fund):
    """A contact with the number of the support does not open its document, nor the reverse."""
    from o2s_core import documents

    kid = SupportPaper("DIC", "kid", file_name="dic.pdf")
    made = market.add_support_paper(firm.operator, fund, kid, b"%PDF-1.4 essai")
    assert documents.listed(firm.operator, [fund]).is_empty()
    with pytest.raises(NotFoundError):
        documents.kept(firm.operator, made)


@pytest.fixture
def merged(firm):
    """An old fund at 200 then 220, absorbed: two new units for one; the new one at 121 now."""
    old, new = (kit.instrument(firm.operator, name) for name in ("Ancien", "Nouveau"))
    for on, value in ((date(2023, 11, 24), "200"), (date(2026, 5, 1), "220")):
        kit.price(firm.operator, old, on, value)
    for on, value in ((date(2026, 5, 5), "110"), (date(2026, 11, 23), "121")):
        kit.price(firm.operator, new, on, value)
    form = AbsorptionForm(MAY, D(2), "Avis aux porteurs")
    return old, new, market.absorb(firm.operator, new, old, form)


def test_the_performance_crosses_a_merger_at_par(firm, merged):
    """200 for one old unit is 100 for a new one; 121 now: 21 % over three years."""
    _, new, _ = merged
    ctx = replace(firm.operator, versions=store.versions(firm.place, firm.id))
    row = market.supports(ctx, SupportFilter(ids=frozenset({new})))
    assert row["perf_3y"][0] == pytest.approx(0.21)
    path = market.price_path(ctx, new, date(2023, 1, 1), ctx.today)
    assert path.prices.select("value", "kind").rows() == [
        (D(100), "absorbed"), (D(110), "absorbed"), (D(110), "nav"), (D(121), "nav"),
    ]  # fmt: skip
    assert path.change == pytest.approx(0.21)
    assert [old.label for old in path.absorbed] == ["Ancien"]


def test_a_merger_taken_back_leaves_the_histories_apart(firm, merged):
    _, new, made = merged
    market.end_absorption(firm.operator, made)
    path = market.price_path(firm.operator, new, date(2023, 1, 1), firm.operator.today)
    assert path.prices["value"].to_list() == [D(110), D(121)]
    assert not path.absorbed


def test_a_comparison_chains_the_history_on_request_and_says_so(firm, merged):
    _, new, _ = merged
    other = kit.instrument(firm.operator, "Témoin")
    for n in range(40):
        kit.price(firm.operator, other, date(2023, 11, 1) + timedelta(days=28 * n), "50")
    apart = market.comparison(firm.operator, [new, other])
    chained = market.comparison(firm.operator, [new, other], chain=True)
    assert (apart.start, apart.chainable) == (date(2026, 5, 5), True)
    assert chained.start == date(2023, 11, 24)
    assert chained.end == date(2026, 10, 28)
    assert chained.figures["period"][0] == pytest.approx(0.1)
    assert any("est celui de « Ancien »" in note for note in chained.notes)
    assert not any("est celui de « Ancien »" in note for note in apart.notes)


def test_a_support_absorbs_neither_itself_nor_its_heir(firm, merged):
    old, new, _ = merged
    form = AbsorptionForm(MAY, D(1), "essai")
    for pair in ((new, new), (old, new), (new, old)):
        with pytest.raises(InvalidInputError, match="absorbé"):
            market.absorb(firm.operator, *pair, form)


def test_an_index_says_what_its_dividends_become(firm):
    ctx = firm.operator
    index = kit.instrument(ctx, "Indice Europe", kind="index", income="total", isin=None)
    fund = kit.instrument(ctx, "Europe Valeur")
    for n in range(30):
        for each in (index, fund):
            kit.price(ctx, each, date(2026, 10, 1) + timedelta(days=n), "50")
    found = market.comparison(ctx, [index, fund])
    assert found.names[str(index)] == "Indice Europe (dividendes réinvestis)"
    assert any("support de capitalisation" in note for note in found.notes)
    with pytest.raises(InvalidInputError, match="pour un indice seulement"):
        market.add_instrument(ctx, market.InstrumentForm("Livret", "fcpr", income="price"))


def test_cheaper_supports_of_the_category_come_first(firm, fund):
    near = {"asset_class": "equity", "sri": 4, "manager": "Autre AM"}
    cheap = kit.instrument(firm.operator, "Europe Indiciel", **near)
    dear = kit.instrument(firm.operator, "Europe Chère", **near)
    risky = kit.instrument(firm.operator, "Europe Levier", **near | {"sri": 6})
    for each, cost in ((fund, "0.018"), (cheap, "0.002"), (dear, "0.02"), (risky, "0.001")):
        said(firm, each, "cost.ongoing", cost)
    ctx = replace(firm.operator, versions=store.versions(firm.place, firm.id))
    assert market.similar_supports(ctx, fund)["id"].to_list() == [cheap]
    assert market.similar_supports(ctx, cheap).is_empty()


def test_the_taxonomy_is_a_facet(firm, fund):
    said(firm, fund, "esg.taxonomy", "0.12")
    assert ids(firm, taxonomy_at_least=0.1) == [fund]
    assert ids(firm, taxonomy_at_least=0.2) == []


def test_a_product_is_changed_closed_and_opened_again(firm):
    ctx = firm.operator
    partner = market.add_provider(ctx, ProviderForm("Azur Vie")).id
    made = market.add_product(ctx, partner, ProductForm("Azur Multi", "assurance_vie"))
    market.edit_product(ctx, made, ProductForm("Azur Multi", "per_individuel", D(500)), 1)
    row = market.products(ctx).row(0, named=True)
    assert (row["envelope"], row["minimum_eur"]) == ("per_individuel", D(500))
    with pytest.raises(StaleEditError):
        market.edit_product(ctx, made, ProductForm("Azur", "pea"), 1)
    market.set_product_open(ctx, made, row["version"], active=False)
    assert market.products(ctx).is_empty()
    assert market.products(ctx, OfferFilter(closed=True))["open"].to_list() == [False]
    assert market.providers(ctx, envelopes=("per_individuel",)).is_empty()


def test_distributors_are_found_by_what_they_offer_and_by_agreement(firm):
    ctx = firm.operator
    azur = market.add_provider(ctx, ProviderForm("Azur Vie", agreement="C-12")).id
    market.add_provider(ctx, ProviderForm("Banque Ocre"))
    market.add_product(ctx, azur, ProductForm("Azur PER", "per_individuel"))
    market.add_product(ctx, azur, ProductForm("Azur Multi", "assurance_vie"))
    for asked in ({"envelopes": ("per_individuel", "pea")}, {"agreed": True}):
        found = market.providers(ctx, **asked)
        assert found.select("name", "envelopes").rows() == [
            ("Azur Vie", "assurance_vie,per_individuel")
        ]
    assert market.products(ctx, OfferFilter(agreed=True)).height == 2


def test_who_may_not_write_supports_may_not_say_anything_of_them(firm, fund):
    reader = replace(
        firm.operator, permissions=firm.operator.permissions - {Permission.INSTRUMENT_WRITE}
    )
    for verb in (
        lambda: market.write_note(reader, fund, "x"),
        lambda: market.describe(reader, fund, DescriptionForm("x", MAY)),
        lambda: market.absorb(reader, fund, fund, AbsorptionForm(MAY, D(1), "x")),
        lambda: market.remove_support_paper(reader, fund, "link-1"),
    ):
        with pytest.raises(PermissionDeniedError):
            verb()
