"""Twenty thousand rows spoiled in a cell: each is read as it is written, or left out with its place.

The seed is fixed: the same rows are spoiled the same way every time.
"""

import json
import random
import re
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal

import polars as pl
import pytest

from o2s_core import aggregation
from o2s_core.aggregation.mapping.shipped import shipped
from o2s_core.aggregation.readers.csv import read_csv
from o2s_core.aggregation.readers.flex.statements import read_flex
from o2s_core.aggregation.readers.ofx.statements import read_ofx
from o2s_core.aggregation.readers.powens.statements import read_powens
from o2s_core.aggregation.statement import Statement
from tests import kit
from tests.aggregation.mapping import builders

D = Decimal
SPACES = "[ \u00a0\u2009\u202f'\u2019]"
ISINS = ("FR0000133308", "FR0013412020", "IE00B4L5Y983", "LU1681043599", "US0378331005")


def cut(text, rng):
    return text[: rng.randrange(len(text) + 1)]


def signed(text, rng):
    return rng.choice(("-{}", "{}-", "\u2212{}", "({})", "+{}", "--{}", "-({})", "-{}-")).format(
        text
    )


def marked(text, rng):
    old, new = rng.choice(((",", "."), (".", ","), (",", ""), (".", ""), (",", ",,"), (",", ", ")))
    return text.replace(old, new)


def dated(text, rng):
    return rng.choice(
        ("31/02/2026", "2026-13-01", "13/25/2026", "00/00/0000", "45999", "1/2", text[::-1])
    )


def spaced(text, rng):
    place = rng.randrange(len(text) + 1)
    return text[:place] + rng.choice((" ", "\u00a0", "\u202f", "\u2009", "'")) + text[place:]


def inserted(text, rng):
    place = rng.randrange(len(text) + 1)
    return text[:place] + rng.choice(("\x0c", "\x85", "\u2028", "_", "x", "\u0664")) + text[place:]


def doubled(text, rng):
    return text + rng.choice((text, "0", "00000000000", " " + text))


def replaced(_text, rng):
    return rng.choice(
        (
            "",
            "1e5",
            "1E+400",
            "NaN",
            "inf",
            "#N/A",
            "=1+1",
            "9" * 40,
            "1.234",
            "1,234",
            "1_000",
            "0",
            "n.c.",
            "-",
        )
    )


SPOILS = (cut, signed, marked, dated, spaced, inserted, doubled, replaced)


def spoiled(cells, rng, names):
    """The same row, one cell spoiled, or two cells put in the place of each other."""
    found = dict(cells)
    if rng.random() < 0.1:
        one, other = rng.sample(names, 2)
        found[one], found[other] = found[other], found[one]
        return found
    name = rng.choice(names)
    found[name] = rng.choice(SPOILS)(found[name], rng)
    return found


def exact(text, mark):
    """What a text is worth when it is a number; None when it is none. Written apart from the product."""
    bare = re.sub(SPACES, "", text.strip().replace("\u2212", "-"))
    signed = re.fullmatch(r"\((.+)\)|([-+]?)(.+?)(-?)", bare)
    if not signed:
        return None
    body = signed[1] or signed[3]
    minus = bool(signed[1]) or signed[2] == "-" or signed[4] == "-"
    if mark == "auto":
        marks = re.findall("[.,]", body)
        mark = (
            marks[-1]
            if marks and (len(set(marks)) > 1 or len(marks) == 1)
            else ("" if not marks else "#")
        )
    whole = (
        body.replace("," if mark == "." else ".", "")
        if mark in {",", "."}
        else body.translate({44: "", 46: ""})
    )
    plain = whole.replace(mark, ".") if mark in {",", "."} else whole
    if not re.fullmatch(r"(?a:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?", plain):
        return None
    return -D(plain) if minus else D(plain)


def day_of(text, form):
    try:
        return datetime.strptime(re.sub(r"^\+|\s", "", text), form).replace(tzinfo=UTC).date()
    except ValueError:
        return None


def same(value, text, mark):
    """Whether a stored amount is what its text says, to the eighth decimal."""
    if not text.strip():
        return value is None
    said = exact(text, mark)
    return said is not None and value is not None and abs(abs(value) - abs(said)) <= D("5e-9")


def told_or_true(found, columns, *, mark, days=None, kept="lines"):
    """Each row is kept with the very amounts of its cells, or told, or skipped by a rule; never partly."""
    assert found.mapped + found.ignored + found.errors == found.rows
    table = getattr(found, kept)
    by_place = {row["locator"]: row for row in table.iter_rows(named=True)}
    serious = found.anomalies.filter(pl.col("severity") != "warning")
    told, hinted = set(serious["locator"]), set(found.anomalies["locator"])
    ends = Counter()
    for raw in found.raw.iter_rows(named=True):
        place, cells = raw["locator"], json.loads(raw["cells"])
        if not {*columns.values()} & cells.keys():
            continue  # a heading: it holds no line
        row = by_place.get(place)
        if row is None:
            ends["told" if place in told else "skipped"] += 1
            continue
        ends["kept"] += 1
        if place in hinted:
            continue
        for column, name in columns.items():
            assert same(row[column], cells.get(name, ""), mark), (place, column, row[column], cells)
        for column, (name, form) in (days or {}).items():
            assert row[column] == day_of(cells[name], form), (place, column, row[column], cells)
    assert ends["skipped"] <= found.ignored
    assert set(by_place) <= set(found.raw["locator"])
    assert ends["kept"] > 0
    assert ends["told"] > 0
    return ends


def flat(rows, header):
    return ("\n".join([header, *(";".join(row.values()) for row in rows)]) + "\n").encode()


def spoil_some(rows, rng, names, share=0.6):
    return [spoiled(row, rng, names) if rng.random() < share else row for row in rows]


def amount(rng):
    value = f"{rng.randrange(1, 3_000_000)},{rng.randrange(100):02d}"
    return re.sub(r"(?<=\d)(?=(\d{3})+,)", rng.choice((" ", "\u00a0", "\u202f", "")), value)


def positions(count, rng):
    names = builders.HEADER.split(";")
    for n in range(count):
        cells = (
            f"A{n}", "MARTIN Anne", rng.choice(ISINS), f"Fonds {n}", "", str(rng.randrange(1, 900)),
            amount(rng), amount(rng), "EUR", f"{rng.randrange(1, 29):02d}/12/2025",
        )  # fmt: skip
        yield dict(zip(names, cells, strict=True))


def movements(count, rng):
    for n in range(count):
        yield {
            "Compte": f"A{n}", "Date": f"{rng.randrange(1, 29):02d}/12/2025",
            "Type": rng.choice(("Achat", "Vente", "Versement", "Annul achat")), "Libellé": f"Fonds {n}",
            "ISIN": rng.choice(ISINS), "Quantité": str(rng.randrange(1, 900)), "Montant": amount(rng),
        }  # fmt: skip


def shares(count, rng):
    """Positions as BoursoBank exports them."""
    for n in range(count):
        values = (f"{rng.randrange(1, 9999)},{rng.randrange(10, 99)}" for _ in range(4))
        names = ("buyingPrice", "lastPrice", "amount", "variation")
        yield {
            "name": f"Fonds {n}",
            "isin": rng.choice(ISINS),
            "quantity": str(rng.randrange(1, 900)),
        } | dict(zip(names, values, strict=True))


def test_four_thousand_positions_of_an_insurer():
    rng = random.Random(1)
    rows = spoil_some(positions(4_000, rng), rng, builders.HEADER.split(";"))
    found = read_csv(flat(rows, builders.HEADER), "positions.csv", builders.spec())
    assert isinstance(found, Statement)
    assert found.raw.height == len(rows)
    for raw, cells in zip(found.raw["cells"], rows, strict=True):
        assert (
            json.loads(raw) == {name: text.strip() for name, text in cells.items()}
            or json.loads(raw) == cells
        )
    columns = {"quantity": "Quantité", "price": "Cours", "value": "Valorisation"}
    told_or_true(found, columns, mark=",", days={"as_of": ("Date", "%d/%m/%Y")})


def test_four_thousand_movements_of_an_insurer():
    rng = random.Random(2)
    names = ["Compte", "Date", "Type", "Libellé", "ISIN", "Quantité", "Montant"]
    rows = spoil_some(movements(4_000, rng), rng, names)
    found = read_csv(
        flat(rows, ";".join(names)), "mouvements.csv", builders.spec(builders.MOVEMENTS)
    )
    columns, days = {"quantity": "Quantité", "net": "Montant"}, {"trade_on": ("Date", "%d/%m/%Y")}
    told_or_true(found, columns, mark=",", days=days, kept="movements")


def test_three_thousand_positions_of_boursobank():
    rng = random.Random(3)
    names = ["name", "isin", "quantity", "buyingPrice", "lastPrice", "amount", "variation"]
    rows = spoil_some(shares(3_000, rng), rng, names)
    (spec,) = (s for s in shipped() if s.code == "boursobank_positions")
    found = read_csv(
        flat(rows, ";".join(names)), "export-positions-instantanees-23-09-2026_17-50-30.csv", spec
    )
    columns = {
        "quantity": "quantity",
        "unit_cost": "buyingPrice",
        "price": "lastPrice",
        "value": "amount",
    }
    told_or_true(found, columns, mark="auto")


def test_three_thousand_movements_of_trade_republic():
    rng = random.Random(4)
    rows = [
        {
            "transaction_id": f"T{n}", "category": "TRADING", "type": rng.choice(("BUY", "SELL")),
            "date": f"2026-01-{rng.randrange(1, 29):02d}", "symbol": rng.choice(ISINS), "name": f"Fonds {n}",
            "description": "", "shares": f"{rng.randrange(1, 90)}.{rng.randrange(10, 99)}",
            "price": f"{rng.randrange(1, 900)}.5", "amount": f"-{rng.randrange(1, 9000)}.25", "fee": "-1.00",
            "tax": "", "currency": "EUR", "fx_rate": "", "value_date": "2026-01-30",
        }
        for n in range(3_000)
    ]  # fmt: skip
    names = ["date", "symbol", "shares", "price", "amount", "fee", "currency", "transaction_id"]
    spoilt = spoil_some(rows, rng, names)
    (spec,) = (s for s in shipped() if s.code == "trade_republic")
    found = read_csv(flat(spoilt, ";".join(rows[0])), "transactions.csv", spec)
    columns = {"quantity": "shares", "price": "price", "gross": "amount", "fees": "fee"}
    told_or_true(
        found, columns, mark=".", days={"trade_on": ("date", "%Y-%m-%d")}, kept="movements"
    )


def test_three_thousand_investments_of_an_aggregator():
    rng = random.Random(5)
    rows = [
        {
            "id": str(n), "id_account": f"A{n % 50}", "label": f"Fonds {n}", "code": rng.choice(ISINS),
            "code_type": "ISIN", "quantity": f"{rng.randrange(1, 900)}.5", "unitprice": "10.25",
            "unitvalue": f"{rng.randrange(1, 900)}.75", "valuation": f"{rng.randrange(1, 90000)}.10",
            "vdate": f"2026-01-{rng.randrange(1, 29):02d}", "last_update": "2026-02-01 10:00:00",
        }
        for n in range(3_000)
    ]  # fmt: skip
    names = ["quantity", "unitprice", "unitvalue", "valuation", "vdate", "code"]
    spoilt = spoil_some(rows, rng, names)
    for row in spoilt[::50]:
        row[rng.choice(names)] = rng.choice((None, [], {}, True, 12, {"id": "x"}))
    found = read_powens(json.dumps({"investments": spoilt}).encode(), "powens.json")
    columns = {
        "quantity": "quantity",
        "unit_cost": "unitprice",
        "price": "unitvalue",
        "value": "valuation",
    }
    told_or_true(found, columns, mark="auto")


OFX = """<OFX><INVSTMTMSGSRSV1><INVSTMTTRNRS><TRNUID>1<INVSTMTRS><DTASOF>20260131<CURDEF>EUR
<INVACCTFROM><BROKERID>essai<ACCTID>A1</INVACCTFROM><INVPOSLIST>{}</INVPOSLIST></INVSTMTRS>
</INVSTMTTRNRS></INVSTMTMSGSRSV1></OFX>"""


def test_two_thousand_positions_of_an_ofx():
    rng = random.Random(6)
    names = ["UNITS", "UNITPRICE", "MKTVAL", "DTPRICEASOF"]
    rows = [
        {"UNITS": str(rng.randrange(1, 900)), "UNITPRICE": f"{rng.randrange(1, 900)}.25",
         "MKTVAL": f"{rng.randrange(1, 90000)}.50", "DTPRICEASOF": "20260130"}
        for _ in range(2_000)
    ]  # fmt: skip
    listed = "".join(
        "<POSSTOCK><INVPOS><SECID><UNIQUEID>FR0000133308<UNIQUEIDTYPE>ISIN</SECID><HELDINACCT>CASH"
        "<POSTYPE>LONG"
        + "".join(f"<{name}>{text}\n" for name, text in row.items())
        + "</INVPOS></POSSTOCK>"
        for row in spoil_some(rows, rng, names)
    )
    found = read_ofx(OFX.format(listed).encode(), "releve.ofx")
    assert isinstance(found, Statement), found
    columns = {"quantity": "UNITS", "price": "UNITPRICE", "value": "MKTVAL"}
    told_or_true(found, columns, mark="auto")


def test_two_thousand_positions_of_a_flex_query():
    rng = random.Random(7)
    names = ["position", "markPrice", "positionValue", "reportDate"]
    rows = [
        {"position": str(rng.randrange(1, 900)), "markPrice": f"{rng.randrange(1, 900)}.25",
         "positionValue": f"{rng.randrange(1, 90000)}.50", "reportDate": "20260131"}
        for _ in range(2_000)
    ]  # fmt: skip

    def written(text):
        return re.sub(r"[\x00-\x1f]", "\u0001x", text).replace("\u0001", "").replace("&", "&amp;")

    listed = "".join(
        "<OpenPosition currency='EUR' assetCategory='STK' isin='FR0000133308' "
        + " ".join(f'{name}="{written(text)}"' for name, text in row.items())
        + "/>"
        for row in spoil_some(rows, rng, names)
    )
    found = read_flex(
        f"<FlexQueryResponse><FlexStatements count='1'><FlexStatement accountId='U1' fromDate='20260101' "
        f"toDate='20260131'><OpenPositions>{listed}</OpenPositions></FlexStatement></FlexStatements>"
        "</FlexQueryResponse>".encode(),
        "flex.xml",
    )
    assert isinstance(found, Statement), found
    columns = {"quantity": "position", "price": "markPrice", "value": "positionValue"}
    told_or_true(found, columns, mark="auto")


@pytest.mark.parametrize("seed", range(40))
def test_a_quote_or_a_break_in_a_cell_never_makes_a_row_disappear(seed):
    rng = random.Random(seed)
    rows = list(positions(50, rng))
    for row in rng.sample(rows, 2):
        name = rng.choice(["Souscripteur", "Libellé", "Quantité", "Valorisation"])
        place = rng.randrange(len(row[name]) + 1)
        row[name] = (
            row[name][:place]
            + rng.choice(('"', '""', "\r", '"\n', "\t", "\x00"))
            + row[name][place:]
        )
    found = read_csv(flat(rows, builders.HEADER), "positions.csv", builders.spec())
    if isinstance(found, Statement):
        kept = set(found.lines["external_id"])
        silent = {row["Contrat"] for row in rows} - kept - set(found.anomalies["external_id"])
        assert not silent or found.errors, silent


def test_an_account_in_error_commits_nothing_and_the_others_all(firm):
    rng = random.Random(8)
    kit.person(firm.operator, "Martin", "Anne", file_code="C00001")
    rows = [
        dict(zip(builders.HEADER.split(";"), cells.split(";"), strict=True))
        for n in range(60)
        for cells in (builders.line(f"A{n}", isin) for isin in ISINS[:4])
    ]
    names = ["Quantité", "Cours", "Valorisation", "Date", "Devise"]
    rows = spoil_some(rows, rng, names, share=0.08)
    aggregation.save_mapping(firm.operator, "assureur_test", builders.POSITIONS)
    data = flat(rows, builders.HEADER)
    (report,) = aggregation.receive_files(
        firm.operator, data, "positions.csv", contact="C00001", feed="assureur_test"
    )
    assert report.state == "partly_committed"
    read = read_csv(data, "positions.csv", builders.spec())
    wrong = set(read.anomalies.filter(pl.col("severity") == "error")["external_id"])
    states = {account.external_id: account.state for account in report.accounts}
    assert wrong
    assert {states[e] for e in wrong} == {"quarantined"}
    committed = {e for e, state in states.items() if state == "committed"}
    assert committed
    assert report.counts["situations_new"] == len(committed)
