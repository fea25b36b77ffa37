"""A partner's file becomes situations and movements, once, whatever happens on the way."""

from datetime import date
from decimal import Decimal

import pytest
from sqlmodel import select

from o2s_core import aggregation, portfolio, store
from o2s_core.aggregation.models import AccountLink, Delivery, DeliveryAccount
from o2s_core.contacts import scope
from o2s_core.kernel.errors import FeedError, NotFoundError
from o2s_core.market.models import Instrument
from o2s_core.portfolio.models import Account
from tests import kit
from tests.kit import documents as doc

TODAY = date(2026, 11, 24)


@pytest.fixture
def anne(firm):
    return kit.person(
        firm.operator, "Martin", "Anne", file_code="C00001", adviser=firm.user_ids["alice"]
    )


def held(firm, code="C00001", on=TODAY):
    ctx = firm.fresh(firm.operator)
    return portfolio.holdings(ctx, scope(ctx, "contact", code), on)


def moves(firm, code="C00001"):
    ctx = firm.fresh(firm.operator)
    return portfolio.movements(ctx, scope(ctx, "contact", code))


def receive(firm, data, name="assureur.json", **said):
    return aggregation.receive(firm.operator, data, name, **said)


def states(report):
    return [a.state for a in report.accounts]


def codes(report):
    return {a["code"] for a in report.anomalies}


def rows(firm, model):
    with store.reading(firm.operator) as session:
        return session.exec(select(model)).all()


# --- the straight way ------------------------------------------------------------------


def test_a_document_becomes_the_holdings_of_the_contact_whom_the_sender_names(firm, anne):
    """S-002, S-005, S-022."""
    data = doc.document(doc.holding("AV-001", [doc.line(), doc.cash("50")], total="1050"))
    report = receive(firm, data, contact="C00001")
    assert (report.state, report.outcome, states(report)) == ("committed", 0, ["committed"])
    assert report.counts["situations_new"] == 1
    assert report.counts["instruments_created"] == 1
    assert held(firm).total_eur == Decimal("1050.00")


def test_the_next_file_finds_the_account_by_its_number_without_being_told(firm, anne):
    receive(firm, doc.document(doc.holding("AV-001")), contact="C00001")
    later = doc.document(doc.holding("av 001", [doc.line(value="1100", price="110")], "2026-11-15"))
    report = receive(firm, later, "suite.json")
    assert states(report) == ["committed"]
    assert held(firm).total_eur == Decimal("1100.00")


def test_an_unknown_account_waits_and_counts_nowhere(firm, anne):
    report = receive(firm, doc.document(doc.holding("AV-001")))
    assert (report.state, report.outcome, states(report)) == ("quarantined", 1, ["to_attach"])
    assert held(firm).total_eur == 0
    assert rows(firm, Instrument) == []


def test_files_without_account_number_fill_one_account_per_contact_and_partner(firm, anne, samples):
    for name in ("TransactionExport02.csv", "TransactionExport05.csv"):
        path = samples / "csv_traderepublic" / name
        assert states(receive(firm, path, name, contact="C00001")) == ["committed"]
    (made,) = rows(firm, Account)
    assert (made.number, made.envelope) == ("C00001-trade_republic", "compte_titres")
    assert rows(firm, AccountLink) == []


def test_the_states_of_a_delivery_are_written_one_after_the_other(firm, anne):
    report = receive(firm, doc.document(doc.holding()), contact="C00001")
    card = aggregation.delivery(firm.operator, report.delivery_id)
    assert card.steps["state"].to_list() == [
        "received", "read", "checked", "matched", "staged", "committed",
    ]  # fmt: skip
    assert set(card.steps["actor"]) == {"cli"}


# --- once, and only once ---------------------------------------------------------------


def test_the_same_file_again_changes_nothing_and_says_since_when(firm, anne):
    """28: received twice, renamed."""
    data = doc.document(doc.holding(movements=[doc.moved()]))
    first = receive(firm, data, contact="C00001")
    before = held(firm).total_eur, moves(firm).height
    again = receive(firm, data, "renommé.json")
    assert (again.state, again.outcome) == ("duplicate", 0)
    assert f"livraison {first.delivery_id}" in again.message
    assert "24/11/2026" in again.message
    assert (held(firm).total_eur, moves(firm).height) == before


def test_the_same_content_in_other_bytes_is_unchanged(firm, anne):
    """29: one more blank."""
    data = doc.document(doc.holding(movements=[doc.moved()]))
    receive(firm, data, contact="C00001")
    again = receive(firm, data + b"\n")
    assert (again.state, states(again)) == ("committed", ["unchanged"])
    assert again.counts["situations_unchanged"] == 1
    assert (again.counts["movements_new"], again.counts["movements_duplicate"]) == (0, 1)


def test_a_corrected_file_of_the_same_day_replaces_and_keeps_the_old(firm, anne):
    """30."""
    receive(firm, doc.document(doc.holding()), contact="C00001")
    report = receive(firm, doc.document(doc.holding(lines=[doc.line(quantity="11", value="1100")])))
    assert (states(report), report.counts["situations_new"]) == (["committed"], 1)
    assert held(firm).total_eur == Decimal("1100.00")


def test_an_older_file_enters_the_history_and_leaves_today_alone(firm, anne):
    """31."""
    receive(firm, doc.document(doc.holding()), contact="C00001")
    late = doc.document(
        doc.holding(lines=[doc.line(quantity="4", value="400")], as_of="2026-01-31")
    )
    assert states(receive(firm, late)) == ["committed"]
    assert held(firm).total_eur == Decimal("1000.00")
    assert held(firm, on=date(2026, 2, 1)).total_eur == Decimal("400.00")


def test_overlapping_windows_post_only_what_is_new(firm, anne):
    """32."""
    october = [doc.moved(trade_on="2026-10-01"), doc.moved(trade_on="2026-10-20")]
    november = [doc.moved(trade_on="2026-10-20"), doc.moved(trade_on="2026-11-05")]
    receive(firm, doc.document(doc.holding(movements=october)), contact="C00001")
    report = receive(firm, doc.document(doc.holding(movements=november)))
    assert (report.counts["movements_new"], report.counts["movements_duplicate"]) == (1, 1)
    assert moves(firm).height == 3


def test_two_identical_movements_are_two_and_a_third_is_one_more(firm, anne):
    """33."""
    two, three = [doc.moved()] * 2, [doc.moved()] * 3
    receive(firm, doc.document(doc.holding(movements=two)), contact="C00001")
    assert moves(firm).height == 2
    report = receive(firm, doc.document(doc.holding(movements=three)))
    assert report.counts["movements_new"] == 1
    assert moves(firm).height == 3


def test_a_stable_reference_with_other_content_is_a_correction(firm, anne):
    """34."""
    one, other = doc.moved(reference="T1"), doc.moved(reference="T1", net="250")
    receive(
        firm, doc.document(doc.holding(movements=[one]), stable_references=True), contact="C00001"
    )
    receive(firm, doc.document(doc.holding(movements=[other]), stable_references=True))
    assert moves(firm)["net"].to_list() == [Decimal(250)]


def test_the_partner_withdraws_a_movement_inside_a_complete_window(firm, anne):
    window = {"completeness": "full_window", "window": {"from": "2026-10-01", "to": "2026-10-31"}}
    two = [doc.moved(), doc.moved(trade_on="2026-10-20", net="70")]
    receive(firm, doc.document(doc.holding(movements=two), **window), contact="C00001")
    receive(firm, doc.document(doc.holding(movements=two[:1]), **window))
    assert moves(firm)["net"].to_list() == [Decimal(100)]


def test_a_file_split_in_two_says_the_same_as_the_whole(firm, anne):
    receive(firm, doc.document(doc.holding("A1")), contact="C00001")
    receive(firm, doc.document(doc.holding("A2", [doc.line(doc.BETA)])), contact="C00001")
    kit.person(firm.operator, "Durand", "Luc", file_code="C00002")
    whole = doc.document(doc.holding("B1"), doc.holding("B2", [doc.line(doc.BETA)]))
    receive(firm, whole, contact="C00002")
    assert held(firm).total_eur == held(firm, "C00002").total_eur == Decimal("2000.00")


# --- what is unknown is kept, and counted ----------------------------------------------


def test_an_unknown_support_is_made_to_be_completed_and_counted(firm, anne):
    """44."""
    receive(firm, doc.document(doc.holding()), contact="C00001")
    (made,) = rows(firm, Instrument)
    assert (made.isin, made.status) == (doc.ACME, "provisional")
    assert held(firm).total_eur == Decimal("1000.00")


def test_a_wrong_check_digit_is_kept_at_its_value_and_said(firm, anne):
    """45."""
    wrong = doc.ACME[:-1] + str((int(doc.ACME[-1]) + 1) % 10)
    report = receive(firm, doc.document(doc.holding(lines=[doc.line(wrong)])), contact="C00001")
    assert (states(report), codes(report)) == (["committed"], {"L04"})
    assert rows(firm, Instrument)[0].status == "unidentified"
    assert held(firm).total_eur == Decimal("1000.00")


def test_the_same_isin_twice_is_two_lots(firm, anne):
    """47."""
    lots = [doc.line(quantity="3", value="300"), doc.line(quantity="7", value="700")]
    receive(firm, doc.document(doc.holding(lines=lots, total="1000")), contact="C00001")
    assert held(firm).total_eur == Decimal("1000.00")


def test_a_euro_fund_without_isin_is_known_by_its_insurer(firm, anne):
    """46."""
    euro = {"code": "FE1", "label": "Actif général", "kind": "fonds_euros", "value": "5000"}
    receive(firm, doc.document(doc.holding(lines=[euro])), contact="C00001")
    later = doc.document(doc.holding(lines=[euro | {"value": "5100"}], as_of="2026-11-15"))
    assert receive(firm, later).counts["instruments_created"] == 0
    assert held(firm).total_eur == Decimal("5100.00")


def test_a_bank_account_is_its_balance(firm, anne):
    livret = {"number": "L-1", "envelope": "livret_a", "situations": [doc.situation(total="800")]}
    assert states(receive(firm, doc.document(livret), contact="C00001")) == ["committed"]
    assert held(firm).total_eur == Decimal("800.00")


# --- the unit is the account -----------------------------------------------------------


def two_accounts(firm, bad, **more):
    receive(firm, doc.document(doc.holding("A1"), doc.holding("A2")), contact="C00001")
    good = doc.holding("A2", [doc.line(quantity="20", value="2000")], "2026-11-20")
    return receive(firm, doc.document(bad | {"number": "A1"}, good, **more))


@pytest.mark.parametrize(
    ("story", "bad", "code"),
    [
        ("a total wrong by a thousand", doc.holding(total="2000", as_of="2026-11-20"), "V02"),
        ("a situation of next year", doc.holding(as_of="2027-11-24"), "L09"),
        ("a day before 1980", doc.holding(as_of="1970-01-01"), "L09"),
        ("a currency that does not exist", doc.holding(lines=[doc.line(currency="XQZ")]), "L05"),
        ("the currency of nothing", doc.holding(lines=[doc.line(currency="XXX")]), "L05"),
        ("no unit and a value", doc.holding(lines=[doc.line(quantity="0")]), "L07"),
        ("the same line twice", doc.holding(lines=[doc.line(), doc.line()]), "L08"),
        ("a quantity that is not a number", doc.holding(lines=[doc.line(quantity="NaN")]), "L01"),
        ("a number without end", doc.holding(lines=[doc.line(value="1e40")]), "L01"),
        ("an unknown operation", doc.holding(movements=[doc.moved("cadeau")]), "L02"),
        ("a purchase that brings cash", doc.holding(
            movements=[doc.moved("buy", net="100", quantity="1", isin=doc.ACME)]), "L06"),
        ("a price a hundred times too high", doc.holding(
            lines=[doc.line(price="10000", value="100000")], as_of="2026-11-20"), "V05"),
    ],
)  # fmt: skip
def test_a_bad_account_is_put_aside_and_the_other_goes_on(firm, anne, story, bad, code):
    """27, 48–51, 57, 59, 60: each in quarantine, the neighbour committed."""
    report = two_accounts(firm, bad)
    assert (report.state, report.outcome) == ("partly_committed", 1), story
    assert states(report) == ["quarantined", "committed"], story
    assert code in codes(report), story
    assert held(firm).total_eur == Decimal("3000.00"), story


@pytest.mark.parametrize(
    ("story", "total"), [("exact", "1000"), ("a cent away", "1000.01"), ("none", None)]
)
def test_a_total_within_a_rounding_is_accepted(firm, anne, story, total):
    report = receive(firm, doc.document(doc.holding(total=total)), contact="C00001")
    assert states(report) == ["committed"], story


def test_a_value_that_is_not_quantity_times_price_is_flagged_and_never_repaired(firm, anne):
    data = doc.document(doc.holding(lines=[doc.line(price="98")]))
    report = receive(firm, data, contact="C00001")
    assert (states(report), codes(report)) == (["committed"], {"V01"})
    assert held(firm).situation_total_eur == Decimal("1000.00")


def test_negative_cash_is_cash(firm, anne):
    """48."""
    data = doc.document(doc.holding(lines=[doc.line(), doc.cash("-30")], total="970"))
    receive(firm, data, contact="C00001")
    assert held(firm).total_eur == Decimal("970.00")


def test_another_holder_stops_the_account_until_somebody_looks(firm, anne):
    """55."""
    receive(firm, doc.document(doc.holding("A1")), contact="C00001")
    other = {"holders": [{"last_name": "Lefebvre", "first_name": "Paul"}]}
    report = receive(firm, doc.document(doc.holding("A1", as_of="2026-11-15") | other))
    assert (states(report), codes(report)) == (["quarantined"], {"A-TITULAIRE"})


@pytest.mark.parametrize(
    "written",
    ["MARTIN ANNE", "Mme Anne Martin", "M. ou Mme MARTÍN", "martin-dupuis anne", "Martn Anne"],
)
def test_the_same_holder_written_otherwise_is_the_same(firm, anne, written):
    receive(firm, doc.document(doc.holding("A1")), contact="C00001")
    same = {"holders": [{"last_name": written}]}
    assert states(receive(firm, doc.document(doc.holding("A1", as_of="2026-11-15") | same))) == [
        "committed"
    ]


def test_a_closed_account_that_still_receives_data_waits(firm, anne):
    """57."""
    insurer = kit.provider(firm.operator, "assureur")
    kit.account(firm.operator, insurer, [anne], number="A1", closed_on=date(2026, 1, 1))
    report = receive(firm, doc.document(doc.holding("A1")))
    assert (states(report), codes(report)) == (["quarantined"], {"A-CLOTURE"})


def test_the_same_number_at_two_partners_is_two_accounts(firm, anne):
    """53."""
    receive(firm, doc.document(doc.holding("A1")), contact="C00001")
    other = doc.document(doc.holding("A1"), partner=("banque", "Banque d'essai"))
    assert states(receive(firm, other)) == ["to_attach"]
    assert states(receive(firm, other, contact="C00001")) == ["committed"]
    assert len(rows(firm, Account)) == 2


def test_an_iban_is_the_same_account_whoever_tells(firm, anne):
    iban = "FR7630006000011234567890189"
    bank = kit.provider(firm.operator, "banque")
    kit.account(firm.operator, bank, [anne], number=iban, envelope="compte_courant")
    told = {"number": "FR76 3000 6000 0112 3456 7890 189", "envelope": "compte_courant"}
    data = doc.document(told | {"situations": [doc.situation(total="800")]})
    assert states(receive(firm, data)) == ["committed"]


# --- who sends -------------------------------------------------------------------------


def test_a_contact_named_later_takes_what_was_waiting(firm, anne):
    data = doc.document(doc.holding("A1"))
    assert receive(firm, data).state == "quarantined"
    again = receive(firm, data, contact="C00001")
    assert (again.state, states(again)) == ("committed", ["committed"])
    assert held(firm).total_eur == Decimal("1000.00")
    assert [link.external_key for link in rows(firm, AccountLink)] == ["A1"]


def test_a_contact_or_a_feed_that_does_not_exist_is_refused_before_anything_is_kept(firm):
    with pytest.raises(NotFoundError):
        receive(firm, doc.document(doc.holding()), contact="C99999")
    with pytest.raises(NotFoundError):
        receive(firm, doc.document(doc.holding()), feed="inconnu")
    assert rows(firm, Delivery) == []


def test_an_adviser_cannot_feed_the_client_of_another(firm, anne):
    receive(firm, doc.document(doc.holding("A1")), contact="C00001")
    forged = doc.document(doc.holding("A1", [doc.line(value="1", price="0.1")], "2026-11-15"))
    report = aggregation.receive(firm.bruno, forged, "faux.json", channel="upload")
    assert states(report) == ["to_attach"]
    assert held(firm).total_eur == Decimal("1000.00")
    with pytest.raises(NotFoundError):
        aggregation.receive(firm.bruno, forged, contact="C00001")


# --- rehearsal and refusal -------------------------------------------------------------


def test_a_rehearsal_tells_everything_and_keeps_nothing(firm, anne):
    data = doc.document(doc.holding(movements=[doc.moved()]))
    report = receive(firm, data, contact="C00001", dry_run=True)
    assert (report.state, states(report)) == ("committed", ["committed"])
    assert (report.counts["situations_new"], report.counts["movements_new"]) == (1, 1)
    for model in (Delivery, DeliveryAccount, Account, Instrument):
        assert rows(firm, model) == []
    assert not list((firm.place.home).glob("blobs/*/*"))


def test_a_refused_file_leaves_the_store_as_it_was(firm, anne):
    report = receive(firm, b"%PDF-1.7 ...", "releve.pdf", contact="C00001")
    assert (report.state, report.outcome) == ("rejected", 2)
    assert report.anomalies[0]["code"] == "F07"
    assert rows(firm, Account) == rows(firm, Instrument) == []


def test_a_refused_file_may_come_again_once_it_can_be_read(firm):
    first = receive(firm, b"%PDF-1.7 ...", "releve.pdf")
    again = receive(firm, b"%PDF-1.7 ...", "releve.pdf")
    assert (first.state, again.state) == ("rejected", "rejected")


def test_a_file_of_another_format_than_its_feed_is_refused(firm):
    report = receive(firm, doc.document(doc.holding()), feed="ibkr_flex")
    assert (report.state, report.anomalies[0]["code"]) == ("rejected", "F05")


@pytest.mark.parametrize(
    ("story", "data", "code"),
    [
        ("empty", b"", "F01"),
        ("blank", b"  \n", "F01"),
        ("cut in two", doc.document(doc.holding())[:-40], "F07"),
        ("no account", doc.document(), "F01"),
        ("another version", doc.document(doc.holding()).replace(b'"version": 1', b'"version": 9'), "F04"),
        ("an error of the partner", b'{"error": "unauthorized"}', "F04"),
        ("a login page", b"<!DOCTYPE html><html><input type=password></html>", "F04"),
        ("nested a thousand times", b'{"format": "o2s-accounts", "version": 1, "accounts": '
         + b"[" * 3000 + b"]" * 3000 + b"}", "F07"),
    ],
)  # fmt: skip
def test_what_is_not_data_is_refused_with_its_reason(firm, story, data, code):
    """1, 39, 42, 75."""
    report = receive(firm, data)
    assert (report.state, report.anomalies[0]["code"]) == ("rejected", code), story
    assert report.message.endswith("."), story


def test_numbers_may_be_text_or_in_scientific_notation(firm, anne):
    """74: missing, null and extra fields too."""
    line = {"isin": doc.ACME, "quantity": "1.0E1", "price": 100, "value": 1.0e3, "label": None}
    data = doc.document(doc.holding(lines=[line | {"couleur": "bleu", "price_on": None}]))
    receive(firm, data, contact="C00001")
    assert held(firm).total_eur == Decimal("1000.00")


def test_a_ninth_decimal_is_rounded_and_said(firm, anne):
    data = doc.document(doc.holding(lines=[doc.line(quantity="10.000000005")]))
    report = receive(firm, data, contact="C00001")
    assert (states(report), codes(report)) == (["committed"], {"A-PRECISION"})
    assert report.anomalies[0]["raw"] == "10.000000005"


def test_an_account_that_leaves_a_complete_file_is_told_and_kept(firm, anne):
    """58."""
    both = doc.document(doc.holding("A1"), doc.holding("A2"), completeness="full_snapshot")
    receive(firm, both, contact="C00001")
    one = doc.document(doc.holding("A1", as_of="2026-11-15"), completeness="full_snapshot")
    report = receive(firm, one)
    assert (report.state, codes(report)) == ("committed", {"A-DISPARU", "V05"})
    assert {a["raw"] for a in report.anomalies if a["code"] == "A-DISPARU"} == {"A2"}
    assert held(firm).total_eur == Decimal("2000.00")


def test_a_delivery_whose_every_figure_was_corrected_is_superseded(firm, anne):
    first = receive(firm, doc.document(doc.holding()), contact="C00001")
    second = receive(firm, doc.document(doc.holding(lines=[doc.line(quantity="11", value="1100")])))
    state = lambda: aggregation.delivery(firm.operator, first.delivery_id).state  # noqa: E731
    assert state() == "superseded"
    aggregation.cancel(firm.operator, second.delivery_id, "erreur")
    assert state() == "committed"


def test_a_full_disk_is_said_and_leaves_nothing(firm, anne, monkeypatch):
    """70."""

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("o2s_core.store.blobs.write_whole", full)
    with pytest.raises(FeedError, match="place sur le disque"):
        receive(firm, doc.document(doc.holding()), contact="C00001")
    assert rows(firm, Delivery) == []
