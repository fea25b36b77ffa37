"""What comes from outside is bounded before it is opened, and opened where it can do no harm."""

import io
import zipfile

import pytest

from o2s_core import aggregation
from o2s_core.aggregation import limits, sandbox
from o2s_core.aggregation.mapping import grid
from o2s_core.aggregation.readers.csv import read_csv
from o2s_core.aggregation.sandbox import read_apart
from o2s_core.aggregation.statement import Refusal, Statement
from o2s_core.kernel import untrusted
from tests import kit
from tests.kit import documents as doc


def archive(*members, compression=zipfile.ZIP_DEFLATED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", compression) as made:
        for name, data in members:
            made.writestr(name, data)
    return held.getvalue()


def encrypted() -> bytes:
    """An archive whose one member says that it is encrypted."""
    data = bytearray(archive(("a.csv", b"x;y")))
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(sign) + at] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("story", "data", "words"),
    [
        ("a bomb", archive(("a.csv", b"0" * 40_000_000)), "prend trop de place"),
        ("a climbing name", archive(("../../etc/passwd", b"x")), "interdit"),
        ("an absolute name", archive(("/etc/passwd", b"x")), "interdit"),
        ("a name of another system", archive(("C:\\windows\\x.csv", b"x")), "interdit"),
        (
            "an archive in an archive",
            archive(("b.zip", archive(("a.csv", b"x")))),
            "en contient une",
        ),
        ("a password", encrypted(), "mot de passe"),
        ("too many files", archive(*((f"{n}.csv", b"x") for n in range(51))), "plus de 50"),
        ("nothing inside", archive(), "vide"),
    ],
)
def test_a_hostile_archive_is_refused_with_its_reason(firm, story, data, words):
    """41."""
    (report,) = aggregation.receive_files(firm.operator, data, "lot.zip")
    assert (report.state, report.outcome) == ("rejected", 2), story
    assert words in report.message, story
    assert aggregation.deliveries(firm.operator).is_empty(), story


def test_a_truncated_archive_is_refused(firm):
    """40."""
    data = archive(("a.csv", b"x" * 1000))
    (report,) = aggregation.receive_files(firm.operator, data[: len(data) // 2], "lot.zip")
    assert (report.state, report.anomalies[0]["code"]) == ("rejected", "F07")


def test_each_file_of_an_archive_is_a_delivery(firm):
    kit.person(firm.operator, "Martin", "Anne", file_code="C00001")
    data = archive(
        ("lot/a.json", doc.document(doc.holding("A1"))),
        ("lot/b.pdf", b"%PDF-1.7"),
        ("lot/c.json", doc.document(doc.holding("A2"))),
    )
    reports = aggregation.receive_files(firm.operator, data, "lot.zip", contact="C00001")
    assert [(r.file, r.state) for r in reports] == [
        ("a.json", "committed"), ("b.pdf", "rejected"), ("c.json", "committed"),
    ]  # fmt: skip


def test_a_file_too_large_for_the_page_is_refused_before_it_is_read(firm):
    data = b"0" * (limits.MAX_BYTES["upload"] + 1)
    report = aggregation.receive(firm.alice, data, "gros.csv", channel="upload")
    assert (report.state, report.delivery_id) == ("rejected", None)
    assert "25\u00a0Mo" in report.message


def hollow(path, size):
    """A file of a size that takes no room on the disk."""
    with path.open("wb") as made:
        made.truncate(size)
    return path


@pytest.mark.parametrize("channel", ["cli", "inbox", "sftp"])
def test_a_byte_above_200_megabytes_is_refused_before_it_is_read(firm, tmp_path, channel):
    file = hollow(tmp_path / "gros.csv", 200_000_001)
    (report,) = aggregation.receive_files(firm.operator, file, channel=channel)
    assert (report.state, report.anomalies[0]["code"]) == ("rejected", "F04")
    assert report.message == "Le fichier dépasse 200\u00a0Mo : découpez-le."
    assert not (firm.place.home / "blobs").exists(), "nothing of it is kept"


def test_200_megabytes_are_not_too_many():
    assert limits.too_large(200_000_000, "cli") is None
    assert limits.too_large(25_000_000, "upload") is None


def flat(count, quote=""):
    head = "Compte;Date;Code ISIN;Libellé;Quantité;Cours;Valorisation;Devise\n"
    row = f"A1;31/10/2026;FR0000120271;{quote}Support{quote};1;1;1;EUR\n"
    return (head + row * count).encode()


@pytest.mark.parametrize("quote", ["", '"'])
def test_one_row_too_many_is_refused_with_what_to_do(monkeypatch, quote):
    """The limit is lowered to ten rows; the real one is tried in the slow tests."""
    monkeypatch.setattr(grid, "MAX_ROWS", 10)
    kept, refused = (read_csv(flat(count, quote), "positions.csv") for count in (10, 11))
    assert isinstance(kept, Statement)
    assert isinstance(refused, Refusal)
    assert refused.code == "F04"
    assert "1 000 000 de lignes : découpez-le" in refused.message


@pytest.mark.slow
@pytest.mark.parametrize("quote", ["", '"'])
def test_a_million_rows_and_one_are_refused(firm, quote):
    report = aggregation.receive(firm.operator, flat(1_000_001, quote), "positions.csv")
    assert (report.state, report.anomalies[0]["code"]) == ("rejected", "F04")
    assert "1 000 000 de lignes : découpez-le" in report.message


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("relevé été (1).csv", "relevé été (1).csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\a.csv", "a.csv"),
        ("a\nb\x00.csv", "ab.csv"),
        ("\u202efdp.exe", "fdp.exe"),
        ("", "fichier"),
    ],
)
def test_a_file_name_is_kept_without_what_could_harm(written, kept):
    """72."""
    assert limits.safe_name(written) == kept


def test_a_long_name_keeps_its_end():
    shown = limits.safe_name("x" * 255 + ".csv")
    assert (len(shown), shown[-4:]) == (120, ".csv")


def test_a_file_read_apart_says_the_same(samples):
    path = samples / "csv_broker" / "swissquote-export.csv"
    from o2s_core.aggregation.mapping.shipped import shipped_texts

    texts = [sandbox.MappingText(text, 0) for text in shipped_texts().values()]
    read = read_apart(path.read_bytes(), path.name, mappings=texts)
    assert isinstance(read, Statement)
    assert (read.rows, read.mapped) == (21, 21)


def test_a_reader_that_never_ends_is_stopped(monkeypatch):
    refusal = read_apart(b"{}", "a.json", seconds=0.0)
    assert isinstance(refusal, Refusal)
    assert "secondes" in refusal.message


def test_a_reader_that_eats_the_memory_is_stopped(monkeypatch):
    monkeypatch.setattr(untrusted, "RESIDENT", 1_000_000)
    refusal = read_apart(b"{}", "a.json")
    assert isinstance(refusal, Refusal)
    assert "mémoire" in refusal.message


def test_two_million_columns_do_not_bring_the_server_down(firm):
    report = aggregation.receive(firm.operator, b"a;" * 2_000_000 + b"\n1", "large.csv")
    assert report.state == "rejected"


@pytest.mark.parametrize(
    "xml",
    [
        b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        b"<FlexQueryResponse><FlexStatements>&x;</FlexStatements></FlexQueryResponse>",
        b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
        b"<FlexQueryResponse><FlexStatements>&b;</FlexStatements></FlexQueryResponse>",
        b"<FlexQueryResponse>" + b"<a>" * 400 + b"</a>" * 400 + b"</FlexQueryResponse>",
    ],
)
def test_hostile_xml_is_refused(firm, xml):
    """42."""
    report = aggregation.receive(firm.operator, xml, "flex.xml")
    assert report.state == "rejected"
    assert "root:" not in report.message
