"""Préparer mon rendez-vous: the figures of the pages, what to settle, nothing beyond one's rights."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pypdfium2
import pytest

from o2s_core import contacts, portfolio, steering
from o2s_core.documents import DocumentForm
from o2s_core.kernel.errors import InvalidInputError, PermissionDeniedError
from o2s_core.kernel.permissions import Permission
from tests import kit
from tests.kit.pdfs import pdf_of

SINCE = date(2026, 6, 30)


@pytest.fixture
def visited(firm):
    """Anne holds ten shares that went from 100 to 110 euros, and paid 100 in on the way."""
    alice = firm.alice
    anne = kit.person(alice, "Martin", "Anne", file_code="ANN1")
    insurer, fund = kit.provider(alice), kit.instrument(alice, "Monde")
    held = kit.account(alice, insurer, [anne], label="Contrat d'Anne")
    for day, quantity, price in ((SINCE, "10", "100"), (alice.today, "11", "110")):
        kit.price(alice, fund, day, price)
        worth = str(Decimal(quantity) * Decimal(price))
        line = {"instrument_id": fund, "quantity": quantity, "price": price, "value": worth}
        kit.situation(alice, held, day, [line])
    kit.movement(alice, held, date(2026, 9, 1), "deposit", net="100")
    return firm


def brief(firm, since=SINCE):
    ctx = firm.fresh(firm.alice)
    return steering.meeting_brief(ctx, contacts.scope(ctx, "contact", "ANN1"), since)


def test_its_figures_are_those_of_the_pages(visited):
    ctx = visited.fresh(visited.alice)
    scope = contacts.scope(ctx, "contact", "ANN1")
    found = brief(visited)
    assert found.held.total_eur == portfolio.holdings(ctx, scope).total_eur == Decimal("1210.00")
    page = portfolio.performance(ctx, scope, SINCE)
    assert (found.performance.gain_eur, found.performance.twr) == (page.gain_eur, page.twr)
    words = {f["label"]: f["value"] for f in steering.figures_of(found)}
    assert words["Avoirs"].replace("\u202f", " ").startswith("1 210,00")


def test_movements_are_those_since_the_day(visited):
    assert brief(visited).movements["kind"].to_list() == ["deposit"]
    assert brief(visited, date(2026, 10, 1)).movements.is_empty()


def test_what_lacks_and_what_ends_is_to_settle(visited):
    ctx = visited.alice
    anne = contacts.contact(ctx, "ANN1").id
    ends = ctx.today + timedelta(days=30)
    form = DocumentForm(anne, "Carte d'identité", "ci.pdf", valid_until=ends)
    contacts.add_paper(ctx, anne, form, pdf_of("Carte"))
    far = replace(
        form, title="Passeport", file_name="p.pdf", valid_until=ends + timedelta(days=400)
    )
    contacts.add_paper(ctx, anne, far, pdf_of("Passeport"))
    told = [(p.kind, p.url) for p in brief(visited).points]
    assert ("Dossier", "dossier-general") in told
    said = [p.said for p in brief(visited).points if p.kind == "Documents"]
    assert said == [f"Carte d'identité expire le {ends:%d/%m/%Y}"]


def test_without_the_right_to_movements_or_documents_they_are_left_out(visited):
    kept = (Permission.CONTACT_READ, Permission.PORTFOLIO_READ, Permission.MARKET_READ)
    ctx = replace(visited.fresh(visited.alice), permissions=frozenset(kept))
    found = steering.meeting_brief(ctx, contacts.scope(ctx, "contact", "ANN1"), SINCE)
    assert found.movements is None
    assert {p.kind for p in found.points} <= {"Dossier", "Valorisation", "Arbitrages", "Audit"}


def test_changes_of_the_file_are_told(visited):
    ctx = visited.alice
    card = contacts.contact(ctx, "ANN1")
    form = replace(card.form, profession="Notaire")
    contacts.edit_contact(ctx, card.id, form, card.version, incomplete=True)
    assert any("Notaire" in detail for detail in brief(visited).exchanges["detail"])


def test_the_usual_start_is_a_year_ago_when_nothing_was_sent(visited):
    ctx = visited.alice
    assert steering.usual_start(ctx, contacts.scope(ctx, "contact", "ANN1")) == date(2025, 11, 24)


def test_it_speaks_of_the_past_only(visited):
    with pytest.raises(InvalidInputError, match="jour passé"):
        brief(visited, visited.alice.today)


def test_the_sheet_is_a_pdf_with_identical_bytes_and_needs_the_right_to_export(visited):
    ctx = visited.fresh(visited.alice)
    scope = contacts.scope(ctx, "contact", "ANN1")
    first, second = (steering.meeting_pdf(ctx, scope, SINCE) for _ in range(2))
    assert first == second
    pages = pypdfium2.PdfDocument(first)
    text = " ".join(page.get_textpage().get_text_bounded() for page in pages)
    assert "Contrat d'Anne" in text
    assert "Document interne" in text
    poor = replace(ctx, permissions=ctx.permissions - {Permission.PORTFOLIO_EXPORT})
    with pytest.raises(PermissionDeniedError):
        steering.meeting_pdf(poor, scope, SINCE)
