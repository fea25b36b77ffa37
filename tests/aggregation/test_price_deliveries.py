"""A vendor's file of prices or rates is a delivery like any other."""

from datetime import date
from decimal import Decimal

import pytest
from sqlmodel import select

from o2s_core import aggregation, market, store
from o2s_core.aggregation.models import RawRow
from o2s_core.kernel.identifiers import isin_with_check_digit
from tests import kit

ON = date(2026, 11, 20)
ISIN = isin_with_check_digit("XF0000PRICE")
OTHER = isin_with_check_digit("XF0000OTHER")


@pytest.fixture
def fund(firm):
    return kit.instrument(firm.operator, "Fonds du fichier", isin=ISIN)


def vendor_file(*rows, head="isin;date;vl;devise"):
    return "\n".join([head, *(";".join(row) for row in rows), ""]).encode()


def receive(firm, data, name="cours.csv", ctx=None, **said):
    return aggregation.receive(ctx or firm.operator, data, name, **said)


def series(firm, instrument):
    found = market.price_series(firm.operator, instrument, date(2026, 1, 1), firm.operator.today)
    return [tuple(row) for row in found.select("day", "value", "source").rows()]


def test_the_simple_file_is_recognised_and_its_prices_are_kept(firm, fund):
    """S-022: scheduled vendor price files."""
    data = vendor_file((ISIN, "19/11/2026", "101,25", "EUR"), (ISIN, "20/11/2026", "101,5", "EUR"))
    report = receive(firm, data)
    assert (report.state, report.feed, report.outcome) == ("committed", "vendor_prices", 0)
    assert report.message == "Cours : 2\u00a0nouveaux."
    assert series(firm, fund) == [
        (date(2026, 11, 19), Decimal("101.25"), "vendor:vendor_prices"),
        (ON, Decimal("101.5"), "vendor:vendor_prices"),
    ]
    card = aggregation.delivery(firm.operator, report.delivery_id)
    assert (card.as_of, card.counts["mapped"], card.accounts.height) == (ON, 2, 0)


def test_a_file_with_one_column_a_day_is_laid_out(firm, fund):
    data = vendor_file((ISIN, "Fonds", "101,25", ""), head="ISIN;Libellé;19/11/2026;20/11/2026")
    assert receive(firm, data).state == "committed"
    assert [(day, value) for day, value, _ in series(firm, fund)] == [
        (date(2026, 11, 19), Decimal("101.25"))
    ]


def test_a_workbook_or_a_file_in_pence_reads_alike(firm):
    share = kit.instrument(firm.operator, kind="share", isin=ISIN, currency="GBP")
    receive(firm, vendor_file((ISIN, "20/11/2026", "250", "GBX")))
    assert series(firm, share)[0][1] == Decimal("2.5")


def test_supports_that_the_firm_does_not_have_are_left_and_counted(firm, fund):
    """A vendor prices thousands; no support is made from them."""
    rows = [(ISIN, "20/11/2026", "10", "EUR"), (OTHER, "20/11/2026", "10", "EUR")]
    report = receive(firm, vendor_file(*rows))
    assert report.state == "committed"
    assert "1\u00a0d'un support inconnu" in report.message
    assert (report.counts["ignored"], report.counts["instruments_created"]) == (1, 0)
    assert market.instruments_by_isin(firm.operator, [OTHER]) == {}


def test_refused_prices_are_anomalies_and_the_others_are_kept(firm, fund):
    second = kit.instrument(firm.operator, isin=OTHER)
    rows = [(ISIN, "20/11/2026", "10", "USD"), (OTHER, "20/11/2026", "12", "")]
    report = receive(firm, vendor_file(*rows))
    assert (report.state, report.outcome) == ("partly_committed", 1)
    assert [(a["code"], a["locator"]) for a in report.anomalies] == [("P01", "ligne 2")]
    assert "devise" in report.anomalies[0]["message"]
    assert series(firm, fund) == []
    assert len(series(firm, second)) == 1


def test_nothing_that_can_be_kept_is_a_quarantine(firm, fund):
    report = receive(firm, vendor_file((ISIN, "20/11/2026", "0", "EUR")))
    assert (report.state, report.outcome) == ("quarantined", 1)


def test_a_fund_that_jumps_waits_and_the_file_says_so(firm, fund):
    receive(firm, vendor_file((ISIN, "19/11/2026", "100", "EUR")))
    report = receive(firm, vendor_file((ISIN, "20/11/2026", "10000", "EUR")), "b.csv")
    assert (report.state, [a["code"] for a in report.anomalies]) == ("quarantined", ["V05"])
    assert "Cours à confirmer" in report.anomalies[0]["message"]
    assert market.doubtful_prices(firm.operator)["delivery_id"].to_list() == [report.delivery_id]
    assert len(series(firm, fund)) == 1


def test_the_same_file_again_is_a_duplicate(firm, fund):
    data = vendor_file((ISIN, "20/11/2026", "10", "EUR"))
    receive(firm, data)
    assert receive(firm, data, "renommé.csv").state == "duplicate"


def test_a_corrected_file_corrects_and_cancelling_it_gives_the_old_price_back(firm, fund):
    first = receive(firm, vendor_file((ISIN, "20/11/2026", "10", "EUR")))
    second = receive(firm, vendor_file((ISIN, "20/11/2026", "10,5", "EUR")), "b.csv")
    assert second.message == "Cours : 1\u00a0corrigé."
    assert series(firm, fund)[0][1] == Decimal("10.5")
    market.compact_prices(firm.operator)
    aggregation.cancel(firm.operator, second.delivery_id, "Fichier faux")
    assert series(firm, fund)[0][1] == Decimal(10)
    aggregation.cancel(firm.operator, first.delivery_id, "Fichier faux")
    assert series(firm, fund) == []


def test_cancelling_forgets_what_waited(firm, fund):
    receive(firm, vendor_file((ISIN, "19/11/2026", "100", "EUR")))
    jump = receive(firm, vendor_file((ISIN, "20/11/2026", "200", "EUR")), "b.csv")
    aggregation.cancel(firm.operator, jump.delivery_id, "Fichier faux")
    assert market.doubtful_prices(firm.operator).is_empty()


def test_a_rehearsal_keeps_nothing(firm, fund):
    report = receive(firm, vendor_file((ISIN, "20/11/2026", "10", "EUR")), dry_run=True)
    assert (report.state, report.message) == ("committed", "Cours : 1\u00a0nouveau.")
    assert series(firm, fund) == []


def test_only_rows_to_look_at_are_kept_verbatim(firm, fund):
    """The bytes are archived; thousands of prices a day are not copied row by row."""
    receive(firm, vendor_file((ISIN, "20/11/2026", "10", "EUR"), (ISIN, "hier", "11", "EUR"), *[
        (OTHER, "20/11/2026", "10", "EUR")] * 3))  # fmt: skip
    with store.reading(firm.operator) as session:
        assert [row.locator for row in session.exec(select(RawRow))] == ["ligne 3"]


def test_a_positions_file_is_not_taken_for_prices(firm, fund):
    head = "ISIN;Date;Cours;Quantité"
    report = receive(firm, vendor_file((ISIN, "20/11/2026", "10", "5"), head=head))
    assert report.feed != "vendor_prices"
    assert series(firm, fund) == []


def test_through_the_inbox_of_its_feed(firm, fund):
    """The path of scheduled files: the folder of the feed."""
    from o2s_core.aggregation import inbox

    receive(firm, vendor_file((ISIN, "19/11/2026", "10", "EUR")))
    folder = firm.place.home / "inbox" / "vendor_prices"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cours-20261120.csv").write_bytes(vendor_file((ISIN, "20/11/2026", "10,1", "EUR")))
    (folder / "cours-20261120.csv.ok").touch()
    reports = inbox.inbox_watch(firm.operator, pause=0)
    assert [r.state for r in reports] == ["committed"]
    assert len(series(firm, fund)) == 2


def test_an_adviser_who_may_deposit_brings_prices_too(firm, fund):
    report = receive(firm, vendor_file((ISIN, "20/11/2026", "10", "EUR")), ctx=firm.alice)
    assert report.state == "committed"
    assert aggregation.delivery(firm.fresh(firm.alice), report.delivery_id).state == "committed"


# --- rates ------------------------------------------------------------------------------


def rate(firm, currency, on=ON):
    found = market.euro_rate(firm.operator, currency, on)
    return found and (found.units_per_euro, found.on, found.source)


def test_a_file_laid_out_as_the_central_bank_s(firm):
    data = (
        b"Date,USD,JPY,GBP,BGN,\n2026-11-20,1.10,160.1,0.85,N/A,\n2026-11-19,1.09,160,0.84,N/A,\n"
    )
    report = receive(firm, data, "eurofxref-hist.csv")
    assert (report.state, report.feed, report.message) == ("committed", "ecb_rates", "Taux : 6.")
    assert rate(firm, "USD") == (Decimal("1.10"), ON, "bce")


def test_a_file_with_a_row_per_currency_and_a_wrong_one(firm):
    data = b"devise;date;taux\nUSD;20/11/2026;1,1\nEUR;20/11/2026;1\nGBX;20/11/2026;85,5\n"
    report = receive(firm, data, "taux.csv")
    assert report.state == "partly_committed"
    assert [a["code"] for a in report.anomalies] == ["P02"]
    assert rate(firm, "USD")[0] == Decimal("1.1")
    assert rate(firm, "GBP")[0] == Decimal("0.855")


def test_cancelling_gives_the_older_rate_back(firm):
    first = receive(firm, b"currency;day;units_per_euro\nUSD;2026-11-20;1.10\n", "a.csv")
    second = receive(firm, b"currency;day;units_per_euro\nUSD;2026-11-20;1.20\n", "b.csv")
    aggregation.cancel(firm.operator, second.delivery_id, "Faux")
    assert rate(firm, "USD")[0] == Decimal("1.10")
    aggregation.cancel(firm.operator, first.delivery_id, "Faux")
    assert rate(firm, "USD") is None or rate(firm, "USD")[2] != "rates"
