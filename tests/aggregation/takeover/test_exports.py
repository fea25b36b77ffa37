"""Which files a takeover accepts, and what it says of the others."""

import pytest

from o2s_core import aggregation
from o2s_core.aggregation.takeover import matching, tables
from o2s_core.aggregation.takeover.kinds import TARGETS
from o2s_core.kernel.errors import (
    FeedError,
    InvalidInputError,
    NotFoundError,
    PermissionDeniedError,
)
from tests.aggregation.takeover import exports


@pytest.mark.parametrize(
    ("story", "data", "why"),
    [
        ("a PDF", b"%PDF-1.4 x", "un PDF"),
        ("nothing", b"", "vide"),
        ("a web page", b"<!doctype html><html>mot de passe", "page web"),
        ("no headings", b"1;2;3\n4;5;6\n", "ligne d'en-têtes"),
        ("headings alone", b"Nom;Code dossier\n", "aucune donnée"),
        ("a quote never closed", b'Nom;Code\n"Roux;1\nx;2\n', "guillemet"),
        ("a spoilt workbook", b"PK\x03\x04spoilt", "abîmé"),
    ],
)
def test_a_file_that_holds_no_table_is_refused(firm, story, data, why):
    ctx, made = exports.opened(firm, {})
    with pytest.raises(FeedError, match=why):
        aggregation.add_export(ctx, made, data, "contacts.csv", kind="contacts")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_an_export_reads_alike_in_any_encoding_and_with_any_separator(encoding, separator):
    text = "Export du 24/11/2026\n\nCode dossier;Prénom;Nom\nD1;Rémi;Lefèvre\n"
    table = tables.parse(text.replace(";", separator).encode(encoding))
    assert table.columns == ("Code dossier", "Prénom", "Nom")
    assert table.column("Nom").to_list() == ["Lefèvre"]


def test_a_missing_obligatory_column_is_named_before_anything_is_read(firm):
    ctx, made = exports.opened(firm, {"contacts.csv": b"Nom;Ville\nRoux;Lyon\n"})
    with pytest.raises(InvalidInputError, match=r"contacts\.csv : Code de dossier"):
        aggregation.rehearse_takeover(ctx, made)


@pytest.mark.parametrize("kind", [k for k in TARGETS if k != "archive"])
def test_headings_named_as_the_facts_are_match_by_themselves(kind):
    """The surest name of each fact finds it."""
    columns = [t.names[0] for t in TARGETS[kind].values() if t.required]
    found = matching.suggested(kind, "generic", columns)
    assert not [t for n, t in TARGETS[kind].items() if t.required and n not in found.columns]


def test_a_contact_template_of_an_aggregator_is_read_by_its_own_headings():
    columns = ("Clé externe", "Nom", "Prénom", "Type de personne", "Code foyer")
    found = matching.suggested("contacts", "contact_template", columns)
    assert found.columns["file_code"] == "Clé externe"
    assert found.columns["household"] == "Code foyer"


def test_a_takeover_is_for_who_has_the_right_and_for_who_opened_it(firm):
    ctx, made = exports.opened(firm, {})
    with pytest.raises(PermissionDeniedError):
        aggregation.takeovers(exports.person(firm, "alice"))
    with pytest.raises(PermissionDeniedError):
        aggregation.takeover_card(exports.person(firm, "admin"), made)
    assert aggregation.takeover_card(ctx, made).name == "Ancien outil"
    with pytest.raises(NotFoundError):
        aggregation.takeover_card(firm.alice, made)  # every right, her own clients


def test_an_archive_that_climbs_is_refused(firm):
    ctx, made = exports.opened(firm, {})
    with pytest.raises(FeedError, match="interdit"):
        aggregation.add_export(ctx, made, exports.archive(**{"../x.pdf": b"x"}), "ged.zip")


def test_the_report_leaves_as_a_workbook_that_no_sheet_executes(firm):
    rows = "Code dossier;Nom;Prénom;Conseiller\nD1;=1+1;Léa;Alice\n"
    ctx, made = exports.opened(firm, {"contacts.csv": rows.encode()})
    aggregation.rehearse_takeover(ctx, made)
    table = tables.parse(aggregation.takeover_workbook(ctx, made))
    assert table.column("Client").to_list() == ["=1+1 Léa"]
    assert set(table.types("Client")) == {"t"}
