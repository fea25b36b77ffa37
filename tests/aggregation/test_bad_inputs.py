"""Seventy-five bad inputs that partners really send, each held by a test that is named here.

The four that no other file holds are tested below.
"""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from o2s_core import aggregation, portfolio
from o2s_core.aggregation.mapping_versions import save_mapping
from o2s_core.contacts import scope
from tests import kit
from tests.aggregation.test_quarantine import FILE, MAPPING
from tests.kit import documents as doc

HERE = Path(__file__).parent
FLAT, RECEIVING, LIMITS = "mapping/test_bad_files.py", "test_receiving.py", "test_limits.py"
REFUSED = "test_a_file_that_cannot_be_read_is_refused_with_its_reason"
SAME = "test_the_same_facts_however_the_file_is_written"
BAD_ACCOUNT = "test_a_bad_account_is_put_aside_and_the_other_goes_on"

#: Number -> what comes in, and the tests that hold it.
BAD_INPUTS = {
    1: ("an empty file", {FLAT: REFUSED}),
    2: ("a header and nothing else", {FLAT: REFUSED}),
    3: ("a byte order mark", {FLAT: SAME}),
    4: ("cp1252 with accents", {FLAT: SAME}),
    5: ("UTF-16", {FLAT: SAME}),
    6: ("mixed encodings", {FLAT: "test_6_mixed_encodings_are_read_line_by_line_and_said"}),
    7: ("NUL bytes, binary, a PDF named .csv", {FLAT: REFUSED}),
    8: ("a web page named .csv", {FLAT: REFUSED}),
    9: ("another delimiter", {FLAT: SAME}),
    10: ("columns in another order", {FLAT: "test_10_columns_reordered_and_12_a_new_column"}),
    11: ("a column renamed", {FLAT: REFUSED}),
    12: ("a new column", {FLAT: "test_10_columns_reordered_and_12_a_new_column"}),
    13: ("duplicate, unnamed columns", {FLAT: "test_13_duplicate_and_unnamed_columns_keep_their_cells"}),
    14: ("a preamble of nine lines", {FLAT: SAME}),
    15: ("a total in the footer", {FLAT: "test_15_a_footer_total_is_not_a_line_and_is_checked"}),
    16: ("short and long rows", {FLAT: "test_16_short_and_long_rows_are_named_with_their_account"}),
    17: ("a line break between quotes", {FLAT: "test_17_a_quoted_cell_may_run_over_lines"}),
    18: ("CRLF, LF, CR", {FLAT: SAME}),
    19: ("an unclosed quote", {FLAT: "test_19_a_misplaced_quote_that_swallows_a_row_is_an_error_not_a_silence"}),
    20: ("no-break and thin spaces in numbers", {FLAT: "test_20_22_numbers_as_people_write_them"}),
    21: ("1.234 in doubt", {FLAT: "test_21_23_a_number_in_doubt_is_never_guessed"}),
    22: ("minus signs of accountants", {FLAT: "test_20_22_numbers_as_people_write_them"}),
    23: (
        "1e5, NaN, #REF!, formulas",
        {FLAT: "test_21_23_a_number_in_doubt_is_never_guessed",
         "../exports/test_csv.py": "test_a_text_that_looks_like_a_formula_gets_an_apostrophe"},
    ),
    24: ("amounts in pence", {FLAT: "test_24_pence_become_pounds"}),
    25: ("days that are none, month first", {FLAT: "test_25_a_month_first_file_in_a_day_first_feed_is_refused_whole"}),
    26: ("the day in the file name only", {FLAT: "test_26_the_day_may_be_only_in_the_file_name"}),
    27: ("a day to come", {RECEIVING: BAD_ACCOUNT}),
    28: ("the same file renamed", {RECEIVING: "test_the_same_file_again_changes_nothing_and_says_since_when"}),
    29: ("one more blank line", {RECEIVING: "test_the_same_content_in_other_bytes_is_unchanged"}),
    30: ("a corrected file of the same day", {RECEIVING: "test_a_corrected_file_of_the_same_day_replaces_and_keeps_the_old"}),
    31: ("an older file", {RECEIVING: "test_an_older_file_enters_the_history_and_leaves_today_alone"}),
    32: ("windows that overlap", {RECEIVING: "test_overlapping_windows_post_only_what_is_new"}),
    33: ("two identical movements", {RECEIVING: "test_two_identical_movements_are_two_and_a_third_is_one_more"}),
    34: ("a reference used again", {RECEIVING: "test_a_stable_reference_with_other_content_is_a_correction"}),
    35: ("rows that cancel", {FLAT: "test_a_movement_of_unknown_kind_is_an_error_and_a_cancelled_row_is_ignored"}),
    36: ("a dividend reversed then booked again", {"mapping/test_samples.py": "test_trade_republic_dividend_reversed_then_booked_again_keeps_the_three"}),
    37: ("two statements declared, three present", {"readers/flex/test_flex.py": "test_a_wrong_count_of_statements_is_told"}),
    38: ("a page of a MT535 that is missing", {"readers/swift/test_mt535.py": "test_a_missing_page_stops_the_account", "readers/iso20022/test_semt.py": "test_pages_are_put_together_and_a_missing_one_stops_the_account"}),
    39: ("an OFX, an XML cut in two", {"readers/ofx/test_ofx.py": "test_a_file_cut_at_any_byte_is_refused_never_read_in_part", "readers/flex/test_flex.py": "test_a_file_cut_at_any_byte_is_refused_never_read_in_part"}),
    40: ("a workbook, an archive cut in two", {FLAT: "test_40_a_truncated_workbook_is_refused", LIMITS: "test_a_truncated_archive_is_refused"}),
    41: ("hostile archives", {LIMITS: "test_a_hostile_archive_is_refused_with_its_reason"}),
    42: ("entities, an endless line, deep nesting", {LIMITS: "test_hostile_xml_is_refused", FLAT: REFUSED, RECEIVING: "test_what_is_not_data_is_refused_with_its_reason"}),
    43: ("an unknown version of a namespace", {"readers/iso20022/test_camt.py": "test_the_version_of_the_message_does_not_matter", "readers/iso20022/test_semt.py": "test_every_version_reads_alike"}),
    44: ("an unknown support", {RECEIVING: "test_an_unknown_support_is_made_to_be_completed_and_counted"}),
    45: ("a wrong check digit", {RECEIVING: "test_a_wrong_check_digit_is_kept_at_its_value_and_said"}),
    46: ("a euro fund without ISIN", {RECEIVING: "test_a_euro_fund_without_isin_is_known_by_its_insurer"}),
    47: ("the same ISIN twice", {RECEIVING: "test_the_same_isin_twice_is_two_lots"}),
    48: ("negative positions and cash", {FLAT: "test_48_negative_positions_and_cash_are_kept", RECEIVING: "test_negative_cash_is_cash"}),
    49: ("a quantity of zero", {FLAT: "test_49_a_quantity_of_zero_is_a_quantity", RECEIVING: BAD_ACCOUNT}),
    50: ("a bond in per cent, an option", {FLAT: "test_50_a_bond_in_per_cent_and_an_option_multiplier_have_a_factor"}),
    51: ("an unknown currency, XXX, none", {FLAT: "test_51_a_missing_currency_takes_the_default_and_an_odd_one_stays_verbatim", RECEIVING: BAD_ACCOUNT}),
    52: ("an unknown account", {RECEIVING: "test_an_unknown_account_waits_and_counts_nowhere"}),
    53: ("the same number at another partner", {RECEIVING: "test_the_same_number_at_two_partners_is_two_accounts"}),
    54: ("an account number spoiled by Excel", {FLAT: "test_54_an_account_number_abridged_by_a_spreadsheet_is_an_error"}),
    55: ("another holder", {RECEIVING: "test_another_holder_stops_the_account_until_somebody_looks"}),
    56: ("a joint account", {"test_bad_inputs.py": "test_56_a_joint_account_is_found_by_its_number_and_each_holder_keeps_a_share"}),
    57: ("a closed account", {RECEIVING: "test_a_closed_account_that_still_receives_data_waits"}),
    58: ("an account that leaves a complete file", {RECEIVING: "test_an_account_that_leaves_a_complete_file_is_told_and_kept"}),
    59: ("a total wrong by a cent, by a thousand", {RECEIVING: "test_a_total_within_a_rounding_is_accepted"}),
    60: ("a price a hundred times too high", {RECEIVING: BAD_ACCOUNT}),
    61: ("a stale price", {"../portfolio/test_holdings.py": "test_a_stale_price_is_marked_by_the_nature_of_the_line"}),
    62: ("a rate that is missing", {"../portfolio/test_holdings.py": "test_a_line_whose_rate_is_unknown_is_named_not_counted"}),
    63: ("a split without movement", {"test_bad_inputs.py": "test_63_a_split_without_movement_leaves_what_the_partner_says"}),
    64: ("a merger that changes the ISIN", {"test_bad_inputs.py": "test_64_a_merger_that_changes_the_isin_holds_the_new_support_only"}),
    65: ("one bad row in many", {FLAT: "test_65_one_bad_row_in_many_leaves_the_others"}),
    66: ("a third of bad rows", {FLAT: "test_66_beyond_thirty_per_cent_of_bad_rows_all_is_refused"}),
    67: ("a file that grows", {"test_inbox.py": "test_a_file_that_grows_is_left_until_it_stops"}),
    68: ("two processes at once", {"test_crashes.py": "test_two_processes_that_receive_the_same_file_give_one_delivery"}),
    69: ("a process killed at each step", {"test_crashes.py": "test_a_process_killed_at_any_step_is_resumed_to_the_same_end"}),
    70: ("a full disk", {RECEIVING: "test_a_full_disk_is_said_and_leaves_nothing"}),
    71: ("a folder that cannot be emptied", {"test_inbox.py": "test_a_folder_that_cannot_be_emptied_is_said_and_left"}),
    72: ("hostile file names", {FLAT: "test_72_the_file_name_changes_nothing", LIMITS: "test_a_file_name_is_kept_without_what_could_harm"}),
    73: ("a mapping changed after the file came", {"test_bad_inputs.py": "test_73_a_mapping_changed_later_leaves_what_was_read_with_the_former"}),
    74: ("JSON with nulls, extra fields, numbers as text", {RECEIVING: "test_numbers_may_be_text_or_in_scientific_notation", "readers/powens/test_powens.py": "test_numbers_may_be_text_or_numbers_and_are_exact"}),
    75: ("a login page, an error instead of data", {FLAT: REFUSED, RECEIVING: "test_what_is_not_data_is_refused_with_its_reason"}),
}  # fmt: skip


@pytest.fixture
def anne(firm):
    return kit.person(firm.operator, "Martin", "Anne", file_code="C00001")


def receive(firm, data, **said):
    return aggregation.receive(firm.operator, data, "assureur.json", **said)


def held(firm, code="C00001"):
    ctx = firm.fresh(firm.operator)
    return portfolio.holdings(ctx, scope(ctx, "contact", code), date(2026, 11, 24))


def test_no_number_is_left_without_a_story():
    assert list(BAD_INPUTS) == list(range(1, 76))


@pytest.mark.parametrize("number", BAD_INPUTS)
def test_each_bad_input_is_held_by_a_test_that_exists(number):
    story, tests = BAD_INPUTS[number]
    assert tests, story
    for file, name in tests.items():
        assert re.search(rf"^def {name}\(", (HERE / file).read_text(), re.MULTILINE), (story, name)


def test_56_a_joint_account_is_found_by_its_number_and_each_holder_keeps_a_share(firm, anne):
    paul = kit.person(firm.operator, "Lefebvre", "Paul", file_code="C00002")
    insurer = kit.provider(firm.operator, "assureur")
    kit.account(firm.operator, insurer, {anne: "0.5", paul: "0.5"}, number="A1")
    both = {"holders": [{"last_name": "M. Lefebvre ou Mme Martin"}]}
    report = receive(firm, doc.document(doc.holding("A1") | both))
    assert [a.state for a in report.accounts] == ["committed"]
    assert held(firm).total_eur == held(firm, "C00002").total_eur == Decimal("500.00")


def test_63_a_split_without_movement_leaves_what_the_partner_says(firm, anne):
    receive(firm, doc.document(doc.holding("A1")), contact="C00001")
    split = doc.holding("A1", [doc.line(quantity="20", price="50", value="1000")], "2026-11-20")
    report = receive(firm, doc.document(split))
    assert [a.state for a in report.accounts] == ["committed"]
    (line,) = held(firm).lines.iter_rows(named=True)
    assert (line["quantity"], held(firm).total_eur) == (Decimal(20), Decimal("1000.00"))


def test_64_a_merger_that_changes_the_isin_holds_the_new_support_only(firm, anne):
    receive(firm, doc.document(doc.holding("A1")), contact="C00001")
    merged = [doc.line(doc.BETA, quantity="5", price="200", value="1000")]
    report = receive(firm, doc.document(doc.holding("A1", merged, "2026-11-20")))
    assert [a.state for a in report.accounts] == ["committed"]
    (line,) = held(firm).lines.iter_rows(named=True)
    assert (line["isin"], line["quantity"]) == (doc.BETA, Decimal(5))


def test_73_a_mapping_changed_later_leaves_what_was_read_with_the_former(firm, anne):
    save_mapping(firm.operator, "assureur_maison", MAPPING)
    first = aggregation.receive(firm.operator, FILE, "positions.csv", contact="C00001")
    changed = MAPPING.replace("label: {column: Intitule}", "label: {constant: Autre}")
    save_mapping(firm.operator, "assureur_maison", changed, expected_revision=1)
    card = aggregation.delivery(firm.operator, first.delivery_id)
    assert (card.mapping_code, card.mapping_revision) == ("assureur_maison", 1)
    assert held(firm).total_eur == Decimal("1000.00")
    again = aggregation.receive(firm.operator, FILE, "positions.csv")
    assert again.state == "duplicate"
