"""A feed is declared, changed and given tolerances of its own; each is audited and obeyed."""

from dataclasses import replace
from decimal import Decimal

import pytest

from o2s_core import aggregation, store
from o2s_core.aggregation import FeedForm, Tolerances
from o2s_core.kernel.errors import (
    InvalidInputError,
    NotFoundError,
    PermissionDeniedError,
    StaleEditError,
)
from o2s_core.kernel.permissions import Permission
from tests import kit
from tests.aggregation.mapping.builders import POSITIONS
from tests.kit import documents as doc


@pytest.fixture
def partner(firm):
    return kit.provider(firm.operator)


@pytest.fixture
def feed(firm, partner):
    form = FeedForm("Assureur, situations", partner, "format:native", "assureur", "weekly")
    return aggregation.declare_feed(firm.operator, form)


def audited(firm, action):
    page = store.audit_lines(firm.operator, store.AuditFilter())
    return [line for line in page.lines if (line.entity, line.action) == ("feed", action)]


def changed(card, **more):
    return replace(card.form, **more)


def test_a_feed_is_declared_before_its_first_file(firm, feed):
    row = aggregation.declared_feeds(firm.operator).row(0, named=True)
    assert (row["code"], row["state"], row["partner"]) == ("assureur", "never", "Assureur d'essai")
    assert len(audited(firm, "create")) == 1


def test_a_feed_may_be_declared_for_a_partner_with_a_mapping(firm, partner):
    """Its files, recognised by the mapping, are filed under it."""
    aggregation.save_mapping(firm.operator, "assureur_test", POSITIONS, "essai")
    form = FeedForm("Assureur hebdo", partner, "mapping:assureur_test", frequency="weekly")
    card = aggregation.declare_feed(firm.operator, form)
    assert card.form.code == "assureur_hebdo"
    assert card.form.source == "mapping:assureur_test"


def test_the_same_button_twice_declares_once(firm, partner):
    form = FeedForm("Flux", partner, "format:ofx", "flux")
    first, second = (aggregation.declare_feed(firm.operator, form, key="k") for _ in range(2))
    assert first.id == second.id


def test_a_code_is_taken_once(firm, feed, partner):
    with pytest.raises(InvalidInputError, match="existe déjà"):
        aggregation.declare_feed(
            firm.operator, FeedForm("Autre", partner, "format:ofx", "assureur")
        )


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"label": " "}, "Libellé"),
        ({"provider_id": None}, "Partenaire"),
        ({"source": "mapping:aucune"}, "Lecture"),
        ({"currency": "ZZZ"}, "devise inconnue"),
        ({"grace_days": -1}, "Délai de grâce"),
        ({"max_error_share": 101}, "Lignes en erreur"),
        ({"time_zone": "Europe/Atlantide"}, "fuseau inconnu"),
        ({"frequency": "often"}, "Fréquence"),
        ({"owner_id": 9999}, "Responsable"),
    ],
)
def test_what_is_wrong_is_said(firm, feed, more, said):
    with pytest.raises(InvalidInputError, match=said):
        aggregation.edit_feed(firm.operator, feed.id, changed(feed, **more), feed.version)


def test_an_edit_is_audited_with_what_changed_only(firm, feed):
    after = aggregation.edit_feed(firm.operator, feed.id, changed(feed, grace_days=9), feed.version)
    assert after.form.grace_days == 9
    (line,) = audited(firm, "update")
    assert "grace_days" in str(line)
    assert "currency" not in str(line)


def test_an_edit_based_on_an_old_reading_is_refused(firm, feed):
    aggregation.edit_feed(firm.operator, feed.id, changed(feed, grace_days=9), feed.version)
    with pytest.raises(StaleEditError, match="modifié entre-temps"):
        aggregation.edit_feed(firm.operator, feed.id, changed(feed, grace_days=1), feed.version)
    with pytest.raises(StaleEditError):
        aggregation.set_tolerances(firm.operator, feed.id, Tolerances(), feed.version)
    assert aggregation.feed_card(firm.operator, feed.id).form.grace_days == 9


def test_editing_asks_for_the_right(firm, feed):
    reader = replace(firm.operator, permissions=frozenset({Permission.FEED_READ}))
    with pytest.raises(PermissionDeniedError):
        aggregation.edit_feed(reader, feed.id, feed.form, feed.version)
    with pytest.raises(PermissionDeniedError):
        aggregation.set_tolerances(reader, feed.id, Tolerances(), feed.version)


def test_the_feed_of_another_firm_does_not_exist(firm, feed):
    elsewhere = replace(firm.operator, firm_id=2)
    with pytest.raises(NotFoundError):
        aggregation.feed_card(elsewhere, feed.id)


def test_the_next_delivery_obeys_the_tolerances(firm, feed):
    """The lines make 1000, the partner announces 1001."""
    kit.person(firm.operator, "Martin", "Anne", file_code="C00001")

    def state(number):
        data = doc.document(doc.holding(number, total="1001"))
        report = aggregation.receive(firm.operator, data, feed="assureur", contact="C00001")
        return report.accounts[0].state

    assert state("A1") == "quarantined"
    more = replace(feed.tolerances, total_amount=Decimal(1))
    card = aggregation.set_tolerances(firm.operator, feed.id, more, feed.version)
    assert card.has_own_tolerances
    assert state("A2") == "committed"
    usual = aggregation.set_tolerances(firm.operator, feed.id, Tolerances(), card.version)
    assert not usual.has_own_tolerances
    assert state("A3") == "quarantined"


def test_a_tolerance_that_makes_no_sense_is_refused(firm, feed):
    wrong = replace(feed.tolerances, line_share=Decimal(2))
    with pytest.raises(InvalidInputError, match="pourcentage"):
        aggregation.set_tolerances(firm.operator, feed.id, wrong, feed.version)


def test_a_feed_put_aside_takes_no_file(firm, feed):
    aggregation.edit_feed(firm.operator, feed.id, changed(feed, active=False), feed.version)
    report = aggregation.receive(firm.operator, doc.document(doc.holding()), feed="assureur")
    assert (report.state, report.anomalies[0]["code"]) == ("rejected", "F09")
    assert "Réactivez" in report.message
    assert aggregation.declared_feeds(firm.operator)["state"].to_list() == ["inactive"]


def positions(wrong: int, rows: int = 4) -> bytes:
    head = "contrat;isin;quantite;cours;valeur;date\n"
    line = f"A1;{doc.ACME};10;100;1000;31/10/2026\n"
    bad = f"A2;{doc.BETA};dix;100;1000;31/10/2026\n"
    return (head + line * (rows - wrong) + bad * wrong).encode()


MAPPING = """
version: 1
feed: essai_flux
content: positions
completeness: delta
reading: {type: csv, encodings: [utf-8], separators: [";"], header: {required: [contrat, isin]}}
fields:
  account: {column: contrat}
  as_of: {column: date, date: "%d/%m/%Y"}
  isin: {column: isin}
  quantity: {column: quantite, number: {decimal: ","}}
  price: {column: cours, number: {decimal: ","}}
  value: {column: valeur, number: {decimal: ","}}
  currency: {constant: EUR}
"""


def flat_feed(firm, partner, **more):
    aggregation.save_mapping(firm.operator, "essai_flux", MAPPING, "essai")
    form = FeedForm("Flux plat", partner, "mapping:essai_flux", "flux_plat", **more)
    return aggregation.declare_feed(firm.operator, form)


@pytest.mark.parametrize(("share", "state"), [(49, "rejected"), (50, "quarantined")])
def test_the_share_of_errors_is_the_feed_s(firm, partner, share, state):
    """Two rows of four: 50 %; the product alone would refuse from 30 %."""
    flat_feed(firm, partner, max_error_share=share)
    report = aggregation.receive(firm.operator, positions(2), "f.csv", feed="flux_plat")
    assert report.state == state
    assert ("F08" in [a["code"] for a in report.anomalies]) is (state == "rejected")


def test_a_file_recognised_by_its_mapping_goes_to_the_feed_that_reads_by_it(firm, partner):
    flat_feed(firm, partner)
    report = aggregation.receive(firm.operator, positions(0, rows=1), "f.csv")
    assert report.feed == "flux_plat"


def test_what_the_firm_says_of_completeness_wins_over_the_file(firm, partner):
    """The mapping says that silence means nothing; the firm knows that every account is sent."""
    flat_feed(firm, partner, completeness="full_snapshot")
    kit.person(firm.operator, "Martin", "Anne", file_code="C00001")
    first = positions(0, rows=1) + f"B1;{doc.BETA};1;2;2;31/10/2026\n".encode()
    aggregation.receive(firm.operator, first, "a.csv", feed="flux_plat", contact="C00001")
    second = positions(0, rows=1).replace(b"31/10", b"30/11")
    today = replace(firm.operator, today=firm.operator.today.replace(month=12, day=1))
    report = aggregation.receive(today, second, "b.csv", feed="flux_plat", contact="C00001")
    found = [(a["code"], a["raw"]) for a in report.anomalies]
    assert ("A-DISPARU", "B1") in found
    assert ("V05", "1/2") in found, "half of the accounts are gone"
