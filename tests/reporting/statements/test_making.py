"""A statement made is a paper of the client's file, the very bytes that were looked at."""

from datetime import date

import pytest

from o2s_core import contacts, reporting, store
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from o2s_core.reporting import StatementForm
from tests import kit


def test_a_statement_is_filed_among_the_documents(couple, alone):
    form = StatementForm("quarterly", date(2026, 11, 23))
    seen = reporting.make_statement(couple, alone, form)
    document = reporting.issue_statement(couple, alone, form)
    (paper,) = contacts.papers(couple, alone.id).to_dicts()
    assert (paper["id"], paper["category"]) == (document, "client_statement")
    assert paper["title"] == "État de compte au 23/11/2026, Trimestriel"
    assert paper["file_name"] == seen.file_name == "etat-de-compte-ANNE-2026-11-23.pdf"
    assert store.blob(couple, paper["sha256"]) == seen.data
    (issue,) = reporting.issued_statements(couple, alone.id).to_dicts()
    assert (issue["document_id"], issue["model"]) == (document, "Trimestriel")
    assert (issue["start_on"], issue["end_on"]) == (date(2025, 12, 31), date(2026, 11, 23))


def test_a_workbook_is_filed_too(couple, home):
    reporting.issue_statement(couple, home, StatementForm("holdings", format="xlsx"))
    assert contacts.papers(couple, home.id)["file_name"].to_list() == [
        "etat-de-compte-FOYER-2026-11-24.xlsx"
    ]


def test_a_group_has_no_file_its_statement_is_only_made(couple, home):
    group = contacts.scope(couple, "group", kit.group(couple, home.member_ids[0]))
    assert reporting.make_statement(couple, group, StatementForm("holdings")).data[:4] == b"%PDF"
    with pytest.raises(InvalidInputError, match="regroupement"):
        reporting.issue_statement(couple, group, StatementForm())


def test_a_day_to_come_and_an_unknown_form_are_refused(couple, alone):
    with pytest.raises(InvalidInputError, match="futur"):
        reporting.make_statement(couple, alone, StatementForm(on=date(2027, 1, 1)))
    with pytest.raises(InvalidInputError, match="Excel"):
        reporting.make_statement(couple, alone, StatementForm(format="docx"))


def test_what_was_made_for_another_advisers_client_is_not_told(firm, couple, alone):
    with pytest.raises(NotFoundError):
        reporting.issued_statements(firm.bruno, alone.id)
