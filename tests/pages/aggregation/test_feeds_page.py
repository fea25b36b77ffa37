"""Services › Agrégation › Flux: late feeds first, each with its window; who may not is told."""

from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from o2s_core import aggregation
from o2s_core.aggregation import FeedForm, SourceForm
from tests import kit
from tests.kit import documents as doc
from tests.kit import pages, windows

PAGE = "aggregation/feeds.py"
WINDOW = "o2s_core.ui.feed_windows.edit_feed"


@pytest.fixture
def feeds(firm):
    """Three feeds: one late by three weeks, one never received, one put aside."""
    partner = kit.provider(firm.operator)
    made = {}
    for code, frequency, active in (
        ("aside", "weekly", False), ("new", "monthly", True), ("late", "weekly", True),
    ):  # fmt: skip
        form = FeedForm(f"Flux {code}", partner, "format:native", code, frequency, active=active)
        made[code] = aggregation.declare_feed(firm.operator, form)
    month_ago = replace(
        firm.operator,
        now=firm.operator.now - timedelta(days=30),
        today=firm.operator.today - timedelta(days=30),
    )
    data = doc.document(doc.holding(as_of="2026-09-30"))
    aggregation.receive(month_ago, data, "f.json", feed="late")
    return made


def test_late_feeds_come_first_with_when_they_were_expected(firm, feeds):
    """S-002: a file of 25 October, weekly: expected on 2 November (the 1st is closed)."""
    at = pages.open_page(firm, "manager", PAGE)
    assert not at.exception
    assert not at.error
    rows = pages.table(at, 1)
    assert [row[1] for row in rows] == ["En retard", "Jamais reçu", "Inactif"]
    assert rows[0][2:5] == ["02/11/2026", "25/10/2026 10:00", "30/09/2026"]


def test_a_state_is_picked(firm, feeds):
    at = pages.open_page(firm, "manager", PAGE)
    at.segmented_control(key="feeds_state").set_value("never").run()
    assert [row[1] for row in pages.table(at, 1)] == ["Jamais reçu"]


def test_who_may_not_manage_feeds_sees_them_without_the_button(firm, feeds):
    at = pages.open_page(firm, "alice", PAGE)
    assert len(pages.table(at, 1)) == 3
    assert "Déclarer un flux" not in [b.label for b in at.button]


@pytest.mark.parametrize("login", ["analyste", "admin"])
def test_who_may_not_is_told_so(firm, feeds, login):
    at = pages.open_page(firm, login, PAGE)
    assert "droit" in at.error[0].value


def test_the_window_changes_what_is_agreed(firm, feeds):
    at = windows.open_window(firm, "manager", WINDOW, str(feeds["late"].id))
    assert not at.exception
    field = next(t for t in at.text_input if t.label.startswith("Délai de grâce"))
    field.set_value("12")
    at = windows.press(at, "Enregistrer")
    assert not at.error
    assert aggregation.feed_card(firm.operator, feeds["late"].id).form.grace_days == 12


def test_the_window_changes_the_tolerances_and_puts_them_back(firm, feeds):
    feed_id = feeds["late"].id
    at = windows.open_window(firm, "manager", WINDOW, str(feed_id))
    next(t for t in at.text_input if t.label == "ou part du total (%)").set_value("0,5")
    [b for b in at.button if b.label == "Enregistrer"][1].click().run()
    card = aggregation.feed_card(firm.operator, feed_id)
    assert str(card.tolerances.total_share) == "0.005"
    at = windows.open_window(firm, "manager", WINDOW, str(feed_id))
    windows.press(at, "Remettre les valeurs par défaut")
    card = aggregation.feed_card(firm.operator, feed_id)
    assert asdict(card.tolerances) == asdict(aggregation.Tolerances())


def test_an_adviser_reads_the_window_and_changes_nothing(firm, feeds):
    at = windows.open_window(firm, "alice", WINDOW, str(feeds["late"].id))
    assert "Hebdomadaire" in pages.shown(at)
    assert not [b for b in at.button if b.label == "Enregistrer"]


def test_a_feed_is_declared_on_screen(firm, feeds):
    at = windows.open_window(firm, "manager", "o2s_core.ui.feed_windows.declare_feed")
    at.text_input[0].set_value("Plateforme, positions")
    boxes = {b.label: b for b in at.selectbox}
    boxes["Partenaire *"].set_value(boxes["Partenaire *"].options and next(iter(_ids(firm))))
    boxes["Lecture *"].set_value("format:ofx")
    at = windows.press(at, "Déclarer")
    assert not at.error
    assert "plateforme_positions" in aggregation.declared_feeds(firm.operator)["code"].to_list()


def _ids(firm):
    schema = aggregation.feed_schema(firm.operator)
    return schema.field("provider_id").choices


def test_the_page_tells_what_went_wrong_and_who_deals_with_it(firm, feeds):
    aggregation.follow_alerts(firm.operator)
    at = pages.open_page(firm, "manager", PAGE)
    assert "n'a rien reçu depuis le 25/10/2026" in pages.shown(at)
    assert pages.table(at)[0][:3] == ["Flux en retard", "À traiter", "Gestion des flux"]
    general = pages.open_page(firm, "manager", "aggregation/aggregation.py")
    assert "Flux en retard" in pages.shown(general)


def test_an_alert_is_classed_with_a_reason(firm, feeds):
    aggregation.follow_alerts(firm.operator)
    alert_id = aggregation.alerts(firm.fresh(firm.operator))["id"][0]
    at = windows.open_window(
        firm, "manager", "o2s_core.ui.alert_windows.dismiss_alert", str(alert_id)
    )
    at.text_area[0].set_value("partenaire fermé en août")
    windows.press(at, "Classer")
    assert aggregation.alerts(firm.fresh(firm.operator)).is_empty()


def test_a_source_that_cannot_be_reached_is_tried_and_says_so(firm, feeds):
    source = SourceForm(
        "127.0.0.1", "essai", 9, fingerprint="SHA256:" + "x" * 43, secret="Sesame-47"
    )
    aggregation.save_source(firm.operator, feeds["late"].id, source)
    at = windows.open_window(firm, "manager", WINDOW, str(feeds["late"].id))
    at = windows.press(at, "Essayer la connexion")
    assert "Le serveur ne répond pas" in pages.shown(at)
    assert "Sesame-47" not in pages.shown(at)
    read = pages.shown(windows.open_window(firm, "alice", WINDOW, str(feeds["late"].id)))
    assert "127.0.0.1:9" in read
