"""A file that was cut, altered or shuffled is read or refused; every row keeps its place."""

import random

import pytest

from o2s_core.aggregation.readers.camt import read_camt
from o2s_core.aggregation.readers.confirmations import read_confirmation
from o2s_core.aggregation.readers.mt535 import read_mt535
from o2s_core.aggregation.readers.mt940 import read_mt940
from o2s_core.aggregation.readers.pdf import read_pdf
from o2s_core.aggregation.readers.plaid import read_plaid
from o2s_core.aggregation.readers.powens import read_powens
from o2s_core.aggregation.readers.qif import read_qif
from o2s_core.aggregation.readers.semt import read_semt
from o2s_core.aggregation.statement import Refusal, Statement
from tests.aggregation.readers import test_semt as semt
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
