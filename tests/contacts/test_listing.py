"""The list shows who is there, and a few letters are enough to find somebody."""

from datetime import date

import pytest

from o2s_core import contacts, store
from o2s_core.contacts import CONTACTS, ContactFilter
from o2s_core.contacts.models import Contact
from tests import kit


@pytest.fixture
def people(firm):
    """S-036: two clients, a prospect, a company, a household, a former client, an archived one."""
    a = firm.alice
    ids = {
        "lea": contacts.add_contact(
            a,
            contacts.ContactForm(
                stage="client", last_name="Éluard", first_name="Léa", file_code="ELU-01",
                email="lea_eluard@essai.fr", phone="06 12 34 56 78", birth_date=date(1980, 3, 1),
                client_number="778899", segment="A",
            ),
        ).id,
        "paul": kit.person(a, "Martin", "Paul"),
        "prospect": kit.person(a, "Durand", "Zoé", stage="prospect"),
        "company": kit.company(a, "SCI des Lilas"),
        "former": kit.person(a, "Ancien", "Jean", stage="former"),
        "archived": kit.person(a, "Oubli", archived_at=a.now),
    }  # fmt: skip
    ids["household"] = kit.household(a, ids["lea"], ids["paul"], name="Foyer Éluard")
    return ids


def names(found):
    return found.rows["full_name"].to_list()


def test_the_list_is_in_directory_order_without_the_archived(firm, people):
    found = contacts.contact_list(firm.alice)
    assert names(found) == [
        "Ancien Jean", "Durand Zoé", "Éluard Léa", "Foyer Éluard", "Martin Paul", "SCI des Lilas",
    ]  # fmt: skip
    assert found.rows.schema == CONTACTS


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ("client", ["Éluard Léa", "Martin Paul", "SCI des Lilas"]),
        ("prospect", ["Durand Zoé"]),
        ("company", ["SCI des Lilas"]),
        ("household", ["Foyer Éluard"]),
        ("former", ["Ancien Jean"]),
        ("partner", []),
        ("archived", ["Oubli Anne"]),
    ],
)
def test_each_view_holds_as_many_as_its_counter(firm, people, view, expected):
    found = contacts.contact_list(firm.alice, ContactFilter(view=view))
    assert names(found) == expected
    assert found.counters[view] == found.total == len(expected)


def test_a_row_says_age_household_and_adviser(firm, people):
    found = contacts.contact_list(firm.alice, ContactFilter(text="ELU-01"))
    row = found.rows.row(0, named=True)
    assert (row["age"], row["household"], row["adviser_id"]) == (
        46,
        "Foyer Éluard",
        firm.alice.user_id,
    )
    assert "Alice" in row["adviser"]


@pytest.mark.parametrize(
    ("birth", "age"),
    [
        (date(1962, 1, 25), 64),
        (date(1962, 11, 24), 64),
        (date(1962, 11, 25), 63),
        (date(1962, 12, 1), 63),
        (date(1964, 2, 29), 62),
    ],
)
def test_the_list_and_the_file_agree_on_the_age(firm, birth, age):
    kit.person(firm.alice, "Âge", "Zoé", file_code="AGE", birth_date=birth)
    found = contacts.contact_list(firm.alice, ContactFilter(text="AGE"))
    assert found.rows["age"].to_list() == [age]
    assert contacts.contact(firm.alice, "AGE").age == age


def test_a_page_of_the_list_knows_the_whole(firm, people):
    page = contacts.contact_list(firm.alice, ContactFilter(limit=2, offset=2))
    assert (names(page), page.total) == (["Éluard Léa", "Foyer Éluard"], 6)


@pytest.mark.parametrize(
    ("story", "typed"),
    [
        ("the beginning of a name", "elua"),
        ("without the accent", "eluard"),
        ("both names, the other way round", "léa éluard"),
        ("the file code", "elu-01"),
        ("the client number", "778899"),
        ("the telephone as dialled", "06 12 34 56 78"),
        ("the telephone begun", "0612"),
        ("the telephone from abroad", "+33 6 12 34"),
        ("the e-mail", "lea_eluard@essai.fr"),
    ],
)
def test_found_by(firm, people, story, typed):
    assert people["lea"] in [ref.id for ref in contacts.find(firm.alice, typed)], story
    rows = contacts.contact_list(firm.alice, ContactFilter(text=typed)).rows
    assert people["lea"] in rows["id"], story


@pytest.mark.parametrize("typed", ["", "  ", "%", "_", "zzz", "'; drop table contact"])
def test_not_found_by(firm, people, typed):
    assert contacts.find(firm.alice, typed) == ()


def test_an_exact_file_code_comes_first(firm):
    kit.person(firm.alice, "Aaa", "C9", file_code="X1")
    wanted = kit.person(firm.alice, "Zzz", file_code="C9")
    assert contacts.find(firm.alice, "c9")[0].id == wanted


def test_homonyms_are_told_apart_by_birth_year_and_code(firm):
    kit.person(firm.alice, "Martin", "Anne", file_code="M1", birth_date=date(1950, 1, 1))
    kit.person(firm.alice, "Martin", "Anne", file_code="M2")
    labels = {ref.label for ref in contacts.find(firm.alice, "martin anne")}
    assert labels == {"Martin Anne, 1950 (M1)", "Martin Anne (M2)"}


def test_a_page_of_the_list_holds_a_page_and_counts_the_whole(firm):
    with store.tx(firm.operator) as tx:
        rows = [
            {"kind": "person", "stage": "client", "file_code": f"G{n:05d}", "last_name": f"Nom{n}",
             "first_name": "Essai", "search_key": f"nom{n} essai g{n:05d}"}
            for n in range(450)
        ]  # fmt: skip
        store.insert_rows(tx, Contact, rows)
    page = contacts.contact_list(firm.operator, ContactFilter(limit=200))
    found = contacts.find(firm.operator, "nom449")
    assert (page.total, page.rows.height, len(found)) == (450, 200, 1)


def test_a_picker_offers_people_and_companies(firm, people):
    offered = [ref.kind for ref in contacts.people(firm.alice)]
    assert sorted(offered) == ["company", "person", "person", "person", "person"]


def test_french_numbers_are_written_by_pairs(firm, people):
    row = contacts.contact_list(firm.alice, ContactFilter(text="ELU-01")).rows.row(0, named=True)
    assert row["phone"] == "06 12 34 56 78"


def test_a_client_of_a_departed_adviser_says_so(firm):
    from o2s_core.administration.models import User

    kit.person(firm.alice, "Martin", file_code="M1")
    with store.tx(firm.operator) as tx:
        tx.session.get_one(User, firm.user_ids["alice"]).active = False
    assert contacts.contact_list(firm.operator).rows["adviser"].to_list() == ["Conseiller inactif"]
    assert contacts.contact(firm.operator, "M1").adviser == "Conseiller inactif"


def test_a_picker_narrows_by_a_few_letters(firm, people):
    assert [ref.name for ref in contacts.people(firm.alice, "lila")] == ["SCI des Lilas"]
