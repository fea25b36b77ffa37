"""Services › Agrégation: each page opens, shows what the core says, and refuses who may not."""

import pytest

from o2s_core import aggregation
from tests import kit
from tests.kit import documents as doc
from tests.kit import pages

GENERAL = "pages/aggregation/aggregation.py"
DELIVERIES = "pages/aggregation/deliveries.py"
DELIVERY = "pages/aggregation/delivery.py"
ANOMALIES = "pages/aggregation/anomalies.py"
ATTACH = "pages/aggregation/attach.py"


@pytest.fixture
def received(firm):
    """Alice's client, one account committed, one stopped; and one that waits, brought by Alice."""
    kit.person(firm.alice, "Martin", "Anne", file_code="C00001")
    known = doc.document(doc.holding("AV-1"), doc.holding("AV-2", total="1500"))
    first = aggregation.receive(
        firm.alice, known, "assureur.json", contact="C00001", channel="upload"
    )
    other = doc.document(
        doc.holding("AV-9") | {"holders": [{"last_name": "Durand", "first_name": "Luc"}]}
    )
    second = aggregation.receive(firm.alice, other, "inconnu.json", channel="upload")
    return first.delivery_id, second.delivery_id


def test_the_general_page_tells_what_waits_and_how_each_partner_is_doing(firm, received):
    """S-116, S-117."""
    at = pages.open_page(firm, "alice", GENERAL)
    assert not at.exception
    assert not at.error
    words = pages.shown(at)
    assert "Comptes à rattacher" in words
    assert "assureur.json" in words
    partner, last = pages.table(at, 0), pages.table(at, -1)
    assert partner[0][1] == "À la demande"
    assert [row[2] for row in last] == ["En quarantaine", "Validée en partie"]


def test_the_list_shows_every_delivery_with_its_state(firm, received):
    at = pages.open_page(firm, "alice", DELIVERIES)
    rows = pages.table(at)
    assert [row[0] for row in rows] == ["inconnu.json", "assureur.json"]
    assert [row[2] for row in rows] == ["En quarantaine", "Validée en partie"]


def test_a_delivery_shows_its_accounts_its_anomalies_and_its_steps(firm, received):
    at = pages.open_page(firm, "alice", DELIVERY, livraison=received[0])
    assert not at.exception
    assert not at.error
    words = pages.shown(at)
    assert "le partenaire annonce 1\u202f500,00" in words
    assert "En quarantaine" in words
    assert [row[0] for row in pages.table(at)] == ["AV-2"], "the account to decide on comes first"


def test_an_anomaly_says_what_to_do(firm, received):
    at = pages.open_page(firm, "alice", ANOMALIES)
    assert "Demandez un relevé complet" in pages.table(at)[0][5]


def test_the_accounts_to_attach_show_what_the_file_says_of_them(firm, received):
    """S-021, S-022."""
    at = pages.open_page(firm, "alice", ATTACH)
    assert pages.table(at)[0][:3] == ["Durand Luc", "AV-9", "Assureur d'essai"]


@pytest.mark.parametrize("page", [GENERAL, DELIVERIES, ANOMALIES, ATTACH])
def test_another_adviser_sees_nothing_of_it(firm, received, page):
    words = pages.shown(pages.open_page(firm, "bruno", page))
    for secret in ("AV-1", "AV-9", "Durand", "assureur.json", "inconnu.json"):
        assert secret not in words


def test_the_delivery_of_another_adviser_does_not_exist(firm, received):
    hidden = pages.open_page(firm, "bruno", DELIVERY, livraison=received[0])
    absent = pages.open_page(firm, "bruno", DELIVERY, livraison=99999)
    assert hidden.error[0].value.replace(str(received[0]), "N") == absent.error[0].value.replace(
        "99999", "N"
    )


@pytest.mark.parametrize("page", [GENERAL, DELIVERIES, ANOMALIES, ATTACH])
@pytest.mark.parametrize("login", ["analyste", "admin"])
def test_who_may_not_is_told_so(firm, received, page, login):
    at = pages.open_page(firm, login, page)
    assert "droit" in at.error[0].value
    assert "AV-1" not in pages.shown(at)


def test_the_bell_tells_that_new_data_are_there(firm, received):
    """S-102."""
    news = aggregation.news(firm.alice)
    assert news[0].text == "Nouvelles données d'agrégation : 1 compte"
    assert news[0].href == f"/livraison?livraison={received[0]}"
    waiting = ["1 compte à rattacher", "1 compte en quarantaine", "1 écart ouvert à votre nom"]
    assert [n.text for n in news[1:]] == waiting
    assert aggregation.news(firm.bruno) == ()
    aggregation.mark_seen(firm.alice)
    assert len(aggregation.news(firm.alice)) == 3, "what waits goes on being told"
