"""A file that was cut, altered or shuffled is read or refused; every row keeps its place."""

import io
import random
import zipfile

import pytest

from o2s_core.aggregation.readers import read
from o2s_core.aggregation.readers.findatex import read_findatex
from o2s_core.aggregation.readers.iso20022.camt import read_camt
from o2s_core.aggregation.readers.iso20022.semt import read_semt
from o2s_core.aggregation.readers.notices.confirmations import read_confirmation
from o2s_core.aggregation.readers.notices.pdf import read_pdf
from o2s_core.aggregation.readers.plaid.statements import read_plaid
from o2s_core.aggregation.readers.powens.statements import read_powens
from o2s_core.aggregation.readers.qif.statements import read_qif
from o2s_core.aggregation.readers.swift.mt535 import read_mt535
from o2s_core.aggregation.readers.swift.mt940 import read_mt940
from o2s_core.aggregation.statement import Refusal, Statement
from tests.aggregation.readers.iso20022 import test_semt as semt
from tests.kit import funds
from tests.kit.pdfs import pdf_of

READERS = {
    "mt53x": read_mt535, "mt940": read_mt940, "camt053": read_camt, "json_powens": read_powens,
    "json_plaid": read_plaid, "pdf_text_fr": read_confirmation,
    "qif": read_qif,
}  # fmt: skip
ROUNDS = 60


def cut(data, rng):
    return data[: rng.randrange(len(data))]


def altered(data, rng):
    wrong = bytearray(data)
    for _ in range(rng.randrange(1, 6)):
        wrong[rng.randrange(len(wrong))] = rng.randrange(256)
    return bytes(wrong)


def holed(data, rng):
    start = rng.randrange(len(data))
    return data[:start] + data[start + rng.randrange(1, 60) :]


def shuffled(data, rng):
    lines = data.split(b"\n")
    rng.shuffle(lines)
    return b"\n".join(lines)


@pytest.mark.parametrize("damage", [cut, altered, holed, shuffled])
@pytest.mark.parametrize("folder", READERS)
def test_a_damaged_file_never_stops_the_reader(samples, folder, damage):
    rng = random.Random(2026)
    for path in sorted((samples / folder).iterdir()):
        for _ in range(ROUNDS):
            is_sound(READERS[folder](damage(path.read_bytes(), rng), path.name))


@pytest.mark.parametrize("damage", [cut, altered, holed, shuffled])
def test_a_damaged_message_never_stops_the_reader(damage):
    rng = random.Random(2026)
    lines = semt.line() + semt.line(
        semt.BOND, "<FaceAmt>9</FaceAmt>", priced=semt.price("<Rate>9</Rate>")
    )
    whole = semt.document(semt.report(lines, total="1050"), semt.report(semt.sub("1", lines)))
    for _ in range(10 * ROUNDS):
        is_sound(read_semt(damage(whole.replace(b"><", b">\n<"), rng), "releve.xml"))


@pytest.mark.parametrize("damage", [cut, altered, holed])
def test_a_damaged_pdf_never_stops_the_reader(samples, damage):
    rng = random.Random(2026)
    for path in sorted((samples / "pdf_text_fr").iterdir()):
        for _ in range(10):
            is_sound(read_pdf(damage(pdf_of(path.read_text()), rng), "avis.pdf"))


def is_sound(found):
    """A refusal says what to do; a statement keeps the place of each row, and counts them all."""
    assert isinstance(found, Statement | Refusal)
    if isinstance(found, Refusal):
        assert found.message.endswith((".", "!")), found
        return
    told = set(found.raw["locator"])
    assert set(found.movements["locator"]) <= told
    assert set(found.lines["locator"]) <= told
    assert found.mapped + found.ignored + found.errors == found.rows


# ── FinDatEx: text, JSON and workbooks ───────────────────────────────────────────────────────

BONDS = ("FR12", "Obligation", "EUR", "0.5", "FR")
TEMPLATES = {
    "emt": funds.emt(("01010_Investor_Type_Retail", "Y"), ("07100_Ongoing_Costs", "0.01")),
    "ept": funds.ept(sri="3", ongoing="0.01"),
    "eet": funds.eet(("20180_Minimum", "0.3")),
    "tpt": funds.tpt(BONDS, BONDS),
}


def of_funds(found):
    """A damaged file of funds is refused, or each of its facts and lines keeps its place."""
    assert isinstance(found, Statement | Refusal)
    if isinstance(found, Refusal):
        assert found.message.endswith(".")
        return
    told = set(found.raw["locator"])
    assert set(found.fund_lines["locator"]) <= told
    assert {place.partition(" › ")[0] for place in found.fund_facts["locator"]} <= told
    assert set(found.fund_facts["fund"]) <= set(found.funds["fund"])
    assert set(found.fund_lines["fund"]) <= set(found.funds["fund"])
    assert found.mapped + found.ignored + found.errors == found.rows
    assert found.funds["as_of"].null_count() == 0


@pytest.mark.parametrize("damage", [cut, altered, holed, shuffled])
@pytest.mark.parametrize("template", TEMPLATES)
def test_a_damaged_file_of_funds_never_stops_the_reader(template, damage):
    rng = random.Random(2026)
    for _ in range(ROUNDS):
        of_funds(read_findatex(damage(TEMPLATES[template], rng), "fonds.csv"))


@pytest.mark.parametrize("damage", [cut, altered, holed])
def test_a_damaged_inventory_in_json_never_stops_the_reader(samples, damage):
    rng = random.Random(2026)
    data = (samples / "findatex" / "captor_20250829_TPTV6_SE0017832280_20250905.json").read_bytes()
    for _ in range(8):
        of_funds(read_findatex(damage(data, rng), "inventaire.json"))


@pytest.mark.parametrize("damage", [cut, altered, holed])
@pytest.mark.parametrize("inside", ["", "xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_a_damaged_workbook_of_funds_never_stops_the_reader(samples, damage, inside):
    rng = random.Random(2026)
    data = (samples / "findatex" / "tpt_01_clean.xlsx").read_bytes()
    for _ in range(20):
        wrong = rewritten(data, inside, damage, rng) if inside else damage(data, rng)
        of_funds(read_findatex(wrong, "inventaire.xlsx"))
        assert isinstance(read(wrong, "inventaire.xlsx"), Statement | Refusal)


def rewritten(data, member, damage, rng):
    """The same archive with one member damaged: the archive itself stays sound."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(held, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, damage(content, rng) if name == member else content)
    return held.getvalue()
