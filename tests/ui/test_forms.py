"""A form names every missing field at once, loses nothing, and never saves twice (S-118 to S-121)."""

from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest


def contact_form() -> None:
    """A page with one form, as a page of the application would write it."""
    import streamlit as st

    from o2s_core import ui
    from o2s_core.kernel.errors import FieldChange, InvalidInputError, StaleEditError
    from o2s_core.kernel.forms import FormField, FormSchema

    schema = FormSchema(
        "Contact",
        (
            FormField("name", "Nom", required=True),
            FormField("stage", "Statut", "choice", required=True, choices={"c": "Client"}),
            FormField("born", "Date de naissance", "day"),
            FormField("amount", "Montant", "money"),
            FormField("spouse", "Conjoint", required_if=lambda v: v.get("name") == "Marié"),
            FormField("active", "Actif", "yes_no"),
        ),
    )
    values = ui.form(schema, key="f", defaults={"amount": None}, version=3)
    st.session_state["once"] = ui.once("f")
    if values is not None:
        st.session_state["values"] = dict(values)
        with ui.saving("f", "Contact enregistré."):
            if values["name"] == "Refusé":
                raise InvalidInputError("Ce nom est refusé : choisissez-en un autre.")
            if values["name"] == "Modifié":
                raise StaleEditError("Le contact", [FieldChange("Nom", "Martin", "Modifié")])


@pytest.fixture
def screen() -> AppTest:
    return AppTest.from_function(contact_form, default_timeout=20).run()


def submit(screen: AppTest, **typed) -> AppTest:
    for element in (*screen.text_input, *screen.selectbox):
        name = element.key.rsplit("_", 1)[-1]
        if name in typed:
            element.set_value(typed[name])
    return screen.button[0].click().run()


def said(screen: AppTest) -> list[str]:
    return [element.value for element in screen.error]


def test_lists_boxes_and_dates_are_offered_where_a_value_is_chosen(screen):
    """S-118: lists, check boxes and menus."""
    assert [s.label for s in screen.selectbox] == ["Statut *"]
    assert [c.label for c in screen.checkbox] == ["Actif"]
    assert [d.label for d in screen.date_input] == ["Date de naissance"]


def test_mandatory_fields_lie_in_a_tinted_container_and_say_so(screen):
    """S-120: mandatory fields on a coloured background, with their legend."""
    assert [t.label for t in screen.text_input] == ["Nom *", "Montant", "Conjoint"]
    assert screen.get_by_key("o2s_required_f_0_name") is not None
    assert "Champs obligatoires" in screen.html[0].value


def test_all_missing_fields_are_named_at_once(screen):
    """S-121: a message names what is missing and stops the save."""
    submit(screen)
    assert said(screen) == ["Veuillez renseigner : Nom, Statut."]
    assert "values" not in screen.session_state


def test_what_was_typed_is_still_there_after_a_refusal(screen):
    """S-121."""
    submit(screen, name="Martin", amount="mille")
    assert "Veuillez renseigner : Statut." in said(screen)[0]
    assert "Montant : saisissez un nombre, par exemple 1 234,56." in said(screen)[0]
    assert screen.text_input[0].value == "Martin"
    assert screen.text_input[1].value == "mille"


def test_a_field_that_depends_on_another_becomes_mandatory(screen):
    submit(screen, name="Marié", stage="c")
    assert said(screen) == ["Veuillez renseigner : Conjoint."]
    assert screen.text_input[2].label == "Conjoint *"


def test_a_complete_form_gives_exact_values_then_starts_afresh(screen):
    submit(screen, name="Martin", stage="c", amount="1 234,56")
    assert screen.session_state["values"]["amount"] == Decimal("1234.56")
    assert screen.session_state["values"]["born"] is None
    assert screen.text_input[0].value == ""
    assert not screen.exception


def test_an_error_of_the_core_is_said_in_place_and_nothing_is_lost(screen):
    submit(screen, name="Refusé", stage="c")
    assert said(screen) == ["Ce nom est refusé : choisissez-en un autre."]
    assert screen.text_input[0].value == "Refusé"


def test_a_stale_edit_shows_what_changed_and_takes_the_new_version(screen):
    assert screen.session_state["f_version"] == 3
    submit(screen, name="Modifié", stage="c")
    assert "Nom : enregistré « Martin »" in said(screen)[0]
    assert screen.text_input[0].value == "Modifié"
    assert "f_version" not in screen.session_state


def test_a_form_keeps_its_idempotency_key_until_it_is_saved(screen):
    first = screen.session_state["once"]
    submit(screen, name="Refusé", stage="c")
    assert screen.session_state["once"] == first
    submit(screen, name="Martin")
    assert screen.session_state["once"] != first
