"""S-054: a filed statement goes to its client, who accepted it, with its words and its file."""

import io
from dataclasses import replace
from datetime import date

import pikepdf
import pytest

from o2s_core import contacts, messaging, reporting, store
from o2s_core.contacts import ConsentForm
from o2s_core.contacts.models import Contact
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from o2s_core.reporting import SendingForm, StatementForm
from tests import kit
from tests.kit.mail import postbox
from tests.messaging import letters

AGREED = ConsentForm(given_on=date(2026, 1, 15), proof="Lettre de mission")


@pytest.fixture
def written(couple, alone):
    """The client can be written to, and accepted it."""
    reachable(couple, alone.id)
    contacts.record_consent(couple, alone.id, AGREED)
    return couple


def reachable(ctx, person) -> None:
    """Give a contact an address."""
    with store.tx(ctx) as tx:
        tx.session.get_one(Contact, person).email = "helene@exemple.fr"
        tx.touch("contacts")


def filed(ctx, scope, **how) -> int:
    return reporting.issue_statement(ctx, scope, StatementForm("holdings", **how))


def to_send(ctx, scope, document, **more) -> SendingForm:
    subject, body = reporting.statement_message(ctx, document, scope.id)
    return SendingForm(document, scope.id, subject, body, even_stale=True, **more)


def test_the_client_receives_the_very_file_that_is_in_the_documents(firm, written, alone):
    document = filed(written, alone)
    with postbox() as box:
        form = letters.address_of(box, login="", secret="")
        messaging.save_mail_server(firm.operator, form)
        reporting.send_statement(written, to_send(written, alone, document))
        letters.send(firm)
        (mail,) = box.messages
    (attached,) = mail.iter_attachments()
    seen = reporting.make_statement(written, alone, StatementForm("holdings"))
    assert attached.get_content() == seen.data
    assert mail["Subject"] == "Votre état de compte au 24/11/2026"
    assert mail.get_body().get_content().startswith("Madame,")
    assert "Alice" in mail.get_body().get_content()
    (sent,) = messaging.mails_about(firm.fresh(written), [document]).to_dicts()
    assert (sent["state"], sent["contact_id"]) == ("sent", alone.id)


def test_with_a_password_the_file_opens_with_it_alone(firm, written, alone):
    document = filed(written, alone)
    with postbox() as box:
        form = letters.address_of(box, login="", secret="")
        messaging.save_mail_server(firm.operator, form)
        asked = to_send(written, alone, document, password="K7PM-4XQD")
        reporting.send_statement(written, asked)
        letters.send(firm)
        (mail,) = box.messages
    (attached,) = mail.iter_attachments()
    data = attached.get_content()
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(data))
    assert pikepdf.open(io.BytesIO(data), password="K7PM-4XQD").pages
    assert "K7PM" not in mail.get_body().get_content()


def test_without_the_client_s_agreement_nothing_is_sent(couple, alone):
    reachable(couple, alone.id)
    document = filed(couple, alone)
    with pytest.raises(InvalidInputError, match="n'a pas encore accepté"):
        reporting.send_statement(couple, to_send(couple, alone, document))
    contacts.record_consent(couple, alone.id, replace(AGREED, given=False))
    with pytest.raises(InvalidInputError, match="n'a pas encore accepté"):
        reporting.send_statement(couple, to_send(couple, alone, document))
    assert messaging.outbox(couple).is_empty()


def test_a_client_without_address_is_told_before(couple, alone):
    contacts.record_consent(couple, alone.id, AGREED)
    asked = reporting.statement_to_send(couple, filed(couple, alone))
    (to,) = asked.recipients
    assert "aucune adresse e-mail" in to.obstacle
    with pytest.raises(InvalidInputError, match="aucune adresse e-mail"):
        form = to_send(couple, alone, filed(couple, alone))
        reporting.send_statement(couple, form)


def test_an_old_value_is_said_and_sent_only_on_purpose(written, alone):
    document = filed(written, alone)
    assert reporting.statement_to_send(written, document).stale_on == date(2025, 12, 31)
    form = replace(to_send(written, alone, document), even_stale=False)
    with pytest.raises(InvalidInputError, match="une valeur du 31/12/2025"):
        reporting.send_statement(written, form)


def test_the_statement_of_a_household_goes_to_a_member_of_it_alone(couple, home, written, alone):
    document = filed(couple, home)
    people = reporting.statement_to_send(couple, document).recipients
    assert [one.name for one in people] == ["Mme Hélène D'Aubigné", "Marc Martin"]
    stranger = kit.person(couple, "Voisin", email="v@exemple.fr")
    contacts.record_consent(couple, stranger, AGREED)
    form = replace(to_send(couple, alone, document), recipient_id=stranger)
    with pytest.raises(NotFoundError):
        reporting.send_statement(couple, form)
    assert reporting.send_statement(couple, to_send(couple, alone, document))


def test_pressed_twice_it_is_sent_once(written, alone):
    form = to_send(written, alone, filed(written, alone))
    assert len({reporting.send_statement(written, form, key="k") for _ in range(2)}) == 1


def test_a_workbook_has_no_password(written, alone):
    document = filed(written, alone, format="xlsx")
    with pytest.raises(InvalidInputError, match="Seul un PDF"):
        reporting.send_statement(written, to_send(written, alone, document, password="x"))


def test_a_document_that_is_no_statement_and_another_adviser_s_are_not_found(firm, written, alone):
    document = filed(written, alone)
    with pytest.raises(NotFoundError):
        reporting.statement_to_send(firm.bruno, document)
    with pytest.raises(NotFoundError):
        reporting.statement_to_send(written, 2**63)
