"""A small firm taken over from another tool, from its exports to its undoing (S-021, S-022)."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from sqlmodel import select

from o2s_core import aggregation, contacts, portfolio, store
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.portfolio.models import Movement, Situation
from tests import kit
from tests.aggregation.takeover import exports
from tests.aggregation.takeover.state import state


@pytest.fixture
def taken(firm):
    """The firm once the exports are taken over; the context, the takeover, what was before."""
    before = state(firm)
    ctx, made = exports.opened(firm)
    exports.done(firm, ctx, made)
    return firm.fresh(ctx), made, before


def test_a_rehearsal_tells_every_row_and_stores_nothing(firm):
    before = state(firm)
    ctx, made = exports.opened(firm)
    report = aggregation.rehearse_takeover(ctx, made)
    assert state(firm) == before
    assert dict(report.counts.select("kind", "new").iter_rows()) == {
        "contacts": 4, "relations": 3, "accounts": 2, "movements": 3, "positions": 3, "documents": 2,
    }  # fmt: skip
    assert report.count("error") == report.count("conflict") == 0


def test_the_report_compares_their_total_with_ours(firm):
    """12 000 + 3 000 at 60 % is 9 000 €; the export announces 15 000 € for Rémi alone."""
    ctx, made = exports.opened(firm)
    report = aggregation.rehearse_takeover(ctx, made)
    remi = report.clients.row(by_predicate=pl.col("client") == "D001", named=True)
    assert (remi["amount"], remi["announced"], remi["gap"]) == (9000, 15000, -6000)
    helene = report.clients.row(by_predicate=pl.col("client") == "D002", named=True)
    assert (helene["amount"], helene["announced"], helene["gap"]) == (6000, 6000, 0)


def test_everything_comes_over_with_its_codes_bonds_shares_and_figures(firm, taken):
    ctx, _, _ = taken
    remi = contacts.contact(ctx, "D001")
    assert remi.form.birth_date == date(1961, 3, 12)
    assert (remi.form.marital_status, remi.form.phone) == ("married", "+33612345678")
    assert remi.adviser_id == firm.user_ids["alice"]
    assert contacts.contact(ctx, "D004").adviser_id == firm.user_ids["bruno"]
    assert contacts.contact(ctx, "D004").stage == "prospect"
    (home,) = remi.households
    assert (home.file_code, home.name) == ("FOY1", "Foyer Lefèvre")
    told = contacts.relations(ctx, remi.id).select("relation", "file_code").rows()
    assert told == [("Conjoint", "D002"), ("Société dirigée", "D003")]
    held = portfolio.holdings(ctx, contacts.scope(ctx, "contact", "D001"), ctx.today)
    assert held.total_eur == Decimal("9000.00")
    account = portfolio.accounts(ctx, contacts.scope(ctx, "contact", "D001"))
    assert account["number"].to_list() == ["AV-1001"]
    assert account["opened_on"].to_list() == [date(2015, 1, 2)]


def test_movements_keep_their_history_and_their_signs(firm, taken):
    assert state(firm)["movements"] == [
        ("AV-1001", "2015-01-05", "deposit", "10000.00000000", "None"),
        ("AV-1001", "2015-01-06", "buy", "-10000.00000000", "100.00000000"),
        ("CTO 77", "2020-09-20", "deposit", "500.00000000", "None"),
    ]


def test_a_figure_says_from_which_takeover_it_comes_and_when(firm, taken):
    ctx, _, _ = taken
    with store.reading(ctx) as session:
        situations = session.exec(select(Situation.id, Situation.account_id)).all()
        movement = session.exec(select(Movement.id).where(Movement.kind == "buy")).one()
    said = {aggregation.taken_over(ctx, situation_id=id_).sentence for id_, _ in situations}
    said.add(aggregation.taken_over(ctx, movement_id=movement).sentence)
    assert said == {"Repris de «\u00a0Ancien outil\u00a0» le 24/11/2026"}
    bruno = firm.fresh(firm.bruno)
    assert aggregation.taken_over(bruno, movement_id=movement) is None, "not his client's"


def test_documents_come_with_their_dates_and_signatures(firm, taken):
    ctx, _, _ = taken
    papers = contacts.papers(ctx, contacts.contact(ctx, "D001").id)
    assert papers.select("title", "category", "dated_on", "signed_on", "signers").rows() == [
        ("Lettre de mission", "engagement", date(2026, 1, 10), date(2026, 1, 12), "Rémi Lefèvre"),
        ("Carte d'identité", "identity", date(2020, 2, 1), None, ""),
    ]
    assert papers["account_id"].null_count() == 1


def test_a_second_time_changes_nothing(firm, taken):
    ctx, made, _ = taken
    once = state(firm)
    report = aggregation.rehearse_takeover(ctx, made)
    assert set(report.rows["verdict"]) == {"unchanged"}
    exports.done(firm, ctx, made)
    assert state(firm) == once
    assert set(aggregation.takeover_outcome(ctx, made)["turn"]) == {1}


def test_the_undoing_gives_the_firm_back_as_it_was(firm, taken):
    ctx, made, before = taken
    assert state(firm) != before
    aggregation.undo_takeover(ctx, made)
    exports.work(firm)
    assert state(firm) == before
    assert aggregation.takeover_card(ctx, made).state == "undone"
    exports.done(firm, ctx, made)
    assert len(state(firm)["contacts"]) == len(before["contacts"]) + 5


def test_what_somebody_worked_on_since_is_kept_and_said(firm, taken):
    ctx, made, before = taken
    zoe = contacts.contact(ctx, "D004")
    contacts.change_stage(ctx, zoe.id, "client", zoe.version)
    aggregation.undo_takeover(ctx, made)
    exports.work(firm)
    outcome = aggregation.takeover_outcome(ctx, made)
    (kept,) = outcome.filter(pl.col("state") == "kept").to_dicts()
    assert kept["client"] == "D004"
    assert kept["message"].startswith(
        "Le dossier D004 a été modifié le 24/11/2026, après la reprise"
    )
    after = state(firm)
    assert len(after["contacts"]) == len(before["contacts"]) + 1
    assert [row[0] for row in after["accounts"]] == ["CTO 77"]
    assert [row[0] for row in after["movements"]] == ["CTO 77"]


def test_a_movement_recorded_since_keeps_the_account_of_its_client(firm, taken):
    ctx, made, _ = taken
    account = next(iter(portfolio.known_accounts(ctx, ["AV1001"]).values()))
    kit.movement(firm.operator, account.id, date(2026, 11, 2), "deposit", net="10")
    aggregation.undo_takeover(ctx, made)
    exports.work(firm)
    outcome = aggregation.takeover_outcome(ctx, made)
    (kept,) = outcome.filter(pl.col("state") == "kept").to_dicts()
    assert kept["message"] == "Le compte AV-1001 a reçu des mouvements depuis la reprise."


def test_a_known_file_is_completed_and_given_back(firm):
    """An empty cell erases nothing; what the export changes returns at the undoing."""
    kit.person(firm.alice, "Lefèvre", "Rémi", file_code="D001", birth_date=date(1961, 3, 12),
               profession="Notaire", email="ancien@exemple.fr")  # fmt: skip
    before = state(firm)
    ctx, made = exports.opened(firm)
    report = aggregation.rehearse_takeover(ctx, made)
    changed = {field: (old, new) for _, what, field, old, new in
               report.changes.filter(client="D001").iter_rows() if what == "Contact"}  # fmt: skip
    assert changed["E-mail"] == ("ancien@exemple.fr", "remi.lefevre@exemple.fr")
    assert "Profession" not in changed
    exports.done(firm, ctx, made)
    card = contacts.contact(firm.fresh(ctx), "D001")
    assert (card.form.profession, card.form.email) == ("Notaire", "remi.lefevre@exemple.fr")
    history = contacts.history(ctx, card.id)
    assert "ancien@exemple.fr" in history["before"].to_list()
    aggregation.undo_takeover(ctx, made)
    exports.work(firm)
    assert state(firm) == before


def test_a_takeover_that_was_not_rehearsed_is_not_done(firm):
    ctx, made = exports.opened(firm)
    with pytest.raises(InvalidInputError, match="Répétez d'abord"):
        aggregation.commit_takeover(ctx, made)
    with pytest.raises(InvalidInputError, match="rien à annuler"):
        aggregation.undo_takeover(ctx, made)


def test_one_line_of_the_trail_says_the_whole_takeover(firm, taken):
    page = store.audit_lines(firm.operator, store.AuditFilter())
    told = [line.action for line in page.lines if line.entity == "takeover"]
    assert told.count("commit") == 1
