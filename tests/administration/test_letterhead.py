"""What heads and foots the documents: the firm's own words, its logo when it is a picture."""

import io
from dataclasses import replace

import pytest
from PIL import Image

from o2s_core import administration
from o2s_core.administration.letterhead import COLOUR
from o2s_core.kernel.errors import InvalidInputError


def picture(form="PNG", size=(300, 80)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#7a1f3d").save(out, form)
    return out.getvalue()


def colour(firm, value):
    card = administration.firm(firm.operator)
    form = replace(card.form, address="1 rue d'Essai", siren="732829320", orias_number="07001234")
    administration.edit_firm(firm.operator, replace(form, brand_colour=value), card.version)


def test_a_firm_that_chose_nothing_has_its_name_and_the_colour_of_the_screens(firm):
    found = administration.letterhead(firm.alice)
    assert (found.name, found.colour, found.logo) == ("Cabinet d'essai", COLOUR, None)


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_a_logo_is_kept_and_taken_off(firm, form):
    administration.save_logo(firm.operator, picture(form))
    assert administration.letterhead(firm.alice).logo == picture(form)
    administration.save_logo(firm.operator, None)
    assert administration.letterhead(firm.alice).pictures == {}


@pytest.mark.parametrize(
    "data", [b"", b"<svg/>", b"\x89PNG\r\n\x1a\n", picture("GIF"), picture(size=(5000, 2))]
)
def test_what_is_no_reasonable_picture_is_refused(firm, data):
    with pytest.raises(InvalidInputError, match="Logo"):
        administration.save_logo(firm.operator, data)


def test_the_mentions_and_the_foot_of_the_page(firm):
    colour(firm, "#7A1F3D")
    found = administration.letterhead(firm.alice)
    assert found.colour == "#7A1F3D"
    assert dict(found.mentions)["SIREN"] == "732 829 320"
    assert found.footer.endswith("SIREN 732 829 320 · ORIAS n° 07 001 234, www.orias.fr")


@pytest.mark.parametrize("value", ["rouge", "#12345", "#FFFFFF", "#F0E68C"])
def test_a_colour_that_is_none_or_not_read_on_white_is_refused(firm, value):
    with pytest.raises(InvalidInputError, match="Couleur"):
        colour(firm, value)
