"""Whatever the order, the separator or the encoding, a file tells the same facts."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from o2s_core.aggregation.mapping import detect, explain, guess, shipped
from o2s_core.aggregation.readers.csv import read_csv
from o2s_core.aggregation.statement import Refusal, Statement
from o2s_core.kernel.french import number
from tests.aggregation.mapping.builders import facts, file, line, read, spec

amounts = st.decimals(-(10**7), 10**7, places=2)
lines = st.builds(
    lambda account, value, quantity, label: line(
        account, value=number(value), quantity=number(quantity, 4), label=label
    ),
    st.sampled_from(["A1", "A2", "B-3"]),
    amounts,
    st.decimals(-(10**5), 10**5, places=4),
    st.sampled_from(["Fonds", "Été", "Crédit à l'épargne"]),
)


@given(st.lists(lines, min_size=1, max_size=12), st.randoms())
@settings(max_examples=60, deadline=None)
def test_permuted_rows_tell_the_same_facts(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert facts(read(file(*rows))) == facts(read(file(*shuffled)))


@given(st.lists(lines, min_size=1, max_size=8), st.sampled_from([",", "\t", "|"]), st.sampled_from(["utf-8", "utf-16", "cp1252"]))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_separator_and_encoding_change_nothing(rows, separator, encoding):
    text = file(*rows).decode()
    other = text.replace(",", "\0").replace(";", separator).replace("\0", ",")
    if separator == ",":
        other = "\n".join(
            ",".join(f'"{cell}"' for cell in row.split(";")) for row in text.split("\n")
        )
    mapping, plain = spec(), text.encode()
    if encoding == "cp1252":
        other = other.replace("\u202f", "\u00a0").replace("\u2212", "-")
    assert facts(read(other.encode(encoding), mapping)) == facts(read(plain, mapping))


@given(st.lists(lines, min_size=2, max_size=10), st.integers(1, 9))
@settings(max_examples=40, deadline=None)
def test_two_halves_tell_what_the_whole_tells(rows, cut):
    cut = min(cut, len(rows) - 1)
    whole = read(file(*rows)).lines["value"].sum()
    halves = [read(file(*part)).lines["value"].sum() for part in (rows[:cut], rows[cut:])]
    assert sum(halves, Decimal(0)) == whole


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_no_bytes_crash_the_readers(data):
    assert isinstance(read_csv(data, "x.csv", spec()), Statement | Refusal)
    assert isinstance(read_csv(data, "x.csv"), Statement | Refusal)
    detect(data, "x.csv", shipped())
    guess(data, "x.csv")


@given(st.data())
@settings(max_examples=120, deadline=None)
def test_a_damaged_file_is_read_or_refused_never_half_understood(data):
    whole = file(*[line(f"A{i}") for i in range(5)])
    at = data.draw(st.integers(0, len(whole) - 1))
    length = data.draw(st.integers(0, 20))
    damaged = whole[:at] + data.draw(st.binary(max_size=5)) + whole[at + length :]
    result = read_csv(damaged, "x.csv", spec())
    if isinstance(result, Statement):
        assert result.rows == result.mapped + result.ignored + result.errors
        explain(damaged, "x.csv", spec())
