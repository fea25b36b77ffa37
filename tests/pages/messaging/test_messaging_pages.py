"""Messagerie and Serveur d'envoi: what waits is seen, decided, and the server set."""

from datetime import date

import pytest

from o2s_core import contacts, messaging, reporting
from o2s_core.contacts import ConsentForm
from o2s_core.messaging import MailForm
from o2s_core.reporting import StatementForm
from tests import kit
from tests.kit import pages
from tests.kit.mail import postbox
from tests.messaging import letters

OUTBOX, SERVER = "pages/messaging/outbox.py", "pages/messaging/mail_server.py"
STATEMENTS = "pages/reporting/statements.py"


@pytest.fixture
def anne(firm) -> int:
    return kit.person(firm.alice, file_code="ANNE", email="anne@exemple.fr")


@pytest.fixture
def mail(firm, anne) -> int:
    return messaging.queue_mail(firm.alice, MailForm(anne, "Votre état", "Bonjour"))


def pressed(at, label):
    return next(b for b in at.button if b.label == label).click().run()


def test_offline_the_messages_are_kept_and_it_is_said(firm, mail):
    at = pages.open_page(firm, "alice", OUTBOX)
    assert "Mode hors ligne" in pages.shown(at)
    assert "L'administrateur du cabinet" in pages.shown(at)
    (row,) = pages.table(at)
    assert row[:3] == ["Martin Anne", "Votre état", "À envoyer"]


def test_an_adviser_sees_the_messages_of_their_clients_alone(firm, mail):
    assert "anne@exemple.fr" not in pages.shown(pages.open_page(firm, "bruno", OUTBOX))


def test_folders_keep_what_they_say(firm, mail):
    at = pages.open_page(firm, "alice", OUTBOX)
    at.segmented_control(key="mail_folder").set_value("Envoyés").run()
    assert pages.table(at) == []
    assert not at.exception


def test_the_administrator_sets_the_server_and_tries_it(firm):
    with postbox(login=("cabinet", letters.SECRET)) as box:
        at = pages.open_page(firm, "admin", SERVER)
        typed = {"host": "127.0.0.1", "port": str(box.port), "login": "cabinet",
                 "sender_address": "contact@cabinet.fr", "per_minute": "30"}  # fmt: skip
        at.text_input(key="mail_server_0_secret").set_value(letters.SECRET)
        for name, value in typed.items():
            at.text_input(key=f"mail_server_0_{name}").set_value(value)
        at.selectbox(key="mail_server_0_security").set_value("none")
        pressed(at, "Enregistrer")
        assert not at.exception
        assert messaging.mail_server(firm.fresh(firm.operator)).form.port == box.port
        at.text_input[0].set_value("moi@cabinet.fr")
        pressed(at, "Envoyer un essai")
        assert "vérifiez la boîte moi@cabinet.fr" in pages.shown(at)
        assert [m["To"] for m in box.messages] == ["moi@cabinet.fr"]


def test_a_statement_is_listed_with_what_became_of_its_sending_s_054(firm, anne):
    fund, account = (
        kit.instrument(firm.alice),
        kit.account(firm.alice, kit.provider(firm.alice), [anne]),
    )
    kit.situation(firm.alice, account, date(2026, 10, 31), [
        {"instrument_id": fund, "quantity": "10", "price": "100"},
    ])  # fmt: skip
    ctx = firm.alice
    scope = contacts.scope(ctx, "contact", "ANNE")
    document = reporting.issue_statement(ctx, scope, StatementForm("holdings"))
    contacts.record_consent(ctx, anne, ConsentForm(given_on=date(2026, 1, 1)))
    at = pages.open_page(firm, "alice", STATEMENTS, contact="ANNE")
    assert "Non envoyé" in pages.shown(at)
    subject, body = reporting.statement_message(ctx, document, anne)
    reporting.send_statement(ctx, reporting.SendingForm(document, anne, subject, body))
    at = pages.open_page(firm, "alice", STATEMENTS, contact="ANNE")
    assert "À envoyer" in pages.shown(at)
