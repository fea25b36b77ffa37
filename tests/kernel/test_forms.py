"""What a form refuses, whatever screen it came from."""

from datetime import date

from o2s_core.kernel.forms import FormField, FormSchema

NAME = FormSchema("Essai", (FormField("name", "Nom", maximum=5),))


def problem(text: str) -> str:
    found = NAME.problems({"name": text}, date(2026, 11, 24))
    return found[0].message if found else ""


def test_a_text_that_a_database_cannot_keep_is_refused_with_what_to_do():
    assert problem("a\x00b") == (
        "contient un caractère invisible qui ne se garde pas : saisissez-le à nouveau."
    )


def test_a_text_too_long_is_refused_with_its_limit():
    assert problem("Martin") == "5 caractères au plus."
    assert not problem("Roche")
