"""A text without quotes is cut at once into the very table that the careful way makes of it."""

import pytest

from o2s_core.aggregation.mapping import delimited, plain
from o2s_core.aggregation.mapping.shipped import shipped
from o2s_core.aggregation.statement import Refusal

SPEC = next(spec for spec in shipped() if spec.code == "french_positions")
HEAD = "Compte;Date;Code ISIN;Libellé;Quantité;Cours;Valorisation;Devise\n"
ROW = "AV{0};31/10/2026;FR0000120271;Support {0};1 234,5;12,34;15 233,73;EUR\n"
BODY = "".join(ROW.format(n) for n in range(20))
TEXTS = {
    "rows only": HEAD + BODY,
    "Windows ends": (HEAD + BODY).replace("\n", "\r\n"),
    "lines before the header": "Relevé du cabinet\n\n;;;\n" + HEAD + BODY,
    "blank lines": HEAD + "\n ;; ;;;;;\n" + BODY + "\n\n",
    "no last end": HEAD + BODY.rstrip("\n"),
    "a short row": HEAD + BODY + "AV3;31/10/2026\n" + BODY,
    "a row without its last cells": HEAD + BODY + "AV3;31/10/2026;FR0000120271;S;1;2;2\n" + BODY,
    "a long row": HEAD + BODY + ROW.format(1).rstrip("\n") + ";plus;encore\n" + BODY,
    "closing lines": HEAD + BODY + "Total;;;;;;304 674,60;EUR\nNombre de lignes : 20\nMerci\n",
    "a fund named Total": HEAD + BODY + ROW.format(1).replace("AV1;", "Total 1;"),
    "a line separator inside": HEAD + BODY.replace("Support 3", "Sup\u2028port\x0b3"),
    "other signs": HEAD + BODY.replace("Support 4", "l'été \\ {€} \t’"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_both_ways_make_the_same_table(name):
    quick = delimited._plain_grid(TEXTS[name], ";", SPEC.reading)
    careful = delimited._grid(TEXTS[name], ";", SPEC.reading)
    assert quick is not None
    assert quick.frame.equals(careful.frame)
    assert quick.raw.equals(careful.raw)
    for part in ("columns", "header_line", "preamble", "trailer", "misfits", "format"):
        assert getattr(quick, part) == getattr(careful, part), part


def test_a_text_cut_in_its_last_row_is_refused_alike():
    text = HEAD + BODY + "AV9;31/10/2026;FR00"
    both = [way(text, ";", SPEC.reading) for way in (delimited._plain_grid, delimited._grid)]
    assert all(isinstance(found, Refusal) and found.code == "F07" for found in both)
    assert both[0] == both[1]


def test_quotes_and_lone_returns_are_left_to_the_careful_way():
    assert not plain.is_plain(HEAD + 'AV1;"a;b"\n', SPEC.reading)
    assert not plain.is_plain((HEAD + BODY).replace("\n", "\r"), SPEC.reading)
    assert plain.is_plain(HEAD + BODY, SPEC.reading)
