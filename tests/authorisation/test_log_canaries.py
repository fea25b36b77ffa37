"""What people type and what files say never reaches the log: ids only."""

import io
import logging
import re
import sys

import pytest

from o2s_core import administration, aggregation, contacts
from o2s_core.contacts import ContactForm
from o2s_core.kernel.errors import O2SError
from o2s_core.kernel.log import JsonLines
from tests.authorisation import books, visits
from tests.kit import access
from tests.kit import documents as doc
from tests.kit.bot import bot_of

TYPED = {
    "name": "Huitzilopoch", "e-mail": "huitzil@exemple.fr", "phone": "+33612349876",
    "iban": "FR7630006000011234567890189", "password": "Xolotl le chien 42", "login": "coatlicue",
    "number": "CAN-HUITZ-77", "amount": "9182736.45", "comment": "souffre de xipehuitz",
}  # fmt: skip


@pytest.fixture
def log():
    """Everything that anybody logs, down to the smallest detail, as the application writes it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    plain = logging.StreamHandler(written)
    roots = [logging.getLogger(), logging.getLogger("o2s_core")]
    levels = [root.level for root in roots]
    for root in roots:
        root.addHandler(handler)
        root.addHandler(plain)
        root.setLevel(logging.DEBUG)
    yield written
    for root, level in zip(roots, levels, strict=True):
        root.removeHandler(handler)
        root.removeHandler(plain)
        root.setLevel(level)


def told(text: str) -> list[str]:
    return [kind for kind, value in TYPED.items() if value in text]


def test_what_is_typed_and_delivered_is_not_logged(firm, log):
    """A sign-in, a contact, a file that is read, one that is refused, one that is not a file."""
    access.give_passwords(firm.place)
    knock = access.visitor(firm.place)
    for login in (TYPED["login"], "alice"):
        with pytest.raises(O2SError):
            administration.sign_in(knock, login, TYPED["password"])
    form = ContactForm(last_name=TYPED["name"], first_name="Anne", email=TYPED["e-mail"],
                       phone=TYPED["phone"], comment=TYPED["comment"], stage="client")  # fmt: skip
    made = contacts.add_contact(firm.alice, form)
    card = contacts.contact_by_id(firm.alice, made.id)
    contacts.edit_contact(firm.alice, made.id, card.form, card.version, incomplete=True)
    with pytest.raises(O2SError):
        contacts.edit_contact(firm.alice, made.id, card.form, 99)
    line = doc.line(
        label=TYPED["comment"], value=TYPED["amount"], price=TYPED["amount"], quantity="1"
    )
    good = doc.document(doc.holding(TYPED["number"], [line], holder=TYPED["name"]))
    torn = f"Titulaire;IBAN\n{TYPED['name']};{TYPED['iban']}\n".encode()
    for data, name in (
        (good, f"{TYPED['name']}.json"),
        (torn, "releve.csv"),
        (good[:99], "x.json"),
    ):
        aggregation.receive(firm.alice, data, name)
    assert "contact" in log.getvalue(), "the log was listened to"
    assert not told(log.getvalue())


def test_a_defect_is_logged_without_the_words_that_caused_it():
    """The message of an exception may quote what somebody typed."""
    try:
        int(TYPED["iban"])
    except ValueError:
        record = logging.LogRecord("o2s_core", 40, __file__, 1, "page failed", (), None)
        record.exc_info = sys.exc_info()
    line = JsonLines().format(record)
    assert "ValueError" in line
    assert not told(line)


def test_the_running_application_logs_no_client(served):
    """After visits of every page, refused sign-ins and forged addresses, by both advisers."""
    running, world = served
    with running.client() as stranger:
        said = {"step": "sign_in", "login": TYPED["login"], "password": TYPED["password"]}
        stranger.post("/login", data=said, headers={"Origin": running.url})
    for login, book in (("alice", world.alice), ("bruno", world.bruno)):
        with running.signed_in(login) as client:
            bot = bot_of(client, running.url).run("accueil")
            for url in visits.TAKES:
                bot.run(url, visits.queries(world, book, url)[0])
            bot.run("dossier-general", f"contact={TYPED['iban']}")
            bot.close()
    text = (world.place.home / "server.log").read_text("utf-8", "replace")
    assert not told(text)
    assert not [w for w in (*books.ALICE, *books.BRUNO, access.PASSWORD) if w in text]
    assert not re.search(r"o2s_session=[\w-]{20}", text)
