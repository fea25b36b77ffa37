"""A message to a client: who may write it, to whom, and what becomes of it on paper."""

from dataclasses import replace

import pytest

from o2s_core import messaging, store
from o2s_core.kernel.errors import InvalidInputError, NotFoundError, PermissionDeniedError
from o2s_core.kernel.permissions import Permission
from o2s_core.messaging import Attached
from tests.kit import builders
from tests.messaging.letters import letter


def queued(firm, client):
    return messaging.queue_mail(firm.alice, letter(client))


def test_a_message_waits_with_who_it_is_for_and_who_wrote_it(firm, client):
    messaging.queue_mail(firm.alice, letter(client, attached=(a_file(firm),)))
    (row,) = messaging.outbox(firm.fresh(firm.alice)).to_dicts()
    told = ("contact", "to_address", "subject", "files", "author", "state", "sent_at")
    assert [row[name] for name in told] == [
        "Martin Anne", "anne.martin@exemple.fr", "Votre état de compte", "etat.pdf", "Alice",
        "queued", None,
    ]  # fmt: skip


def a_file(firm, data=b"%PDF-1.7 essai", size=None, document=7):
    sha = store.save_blob(firm.alice, data)
    return Attached(sha, "etat.pdf", "application/pdf", size or len(data), document)


def test_a_button_pressed_twice_writes_once(firm, client):
    made = {messaging.queue_mail(firm.alice, letter(client), key="k") for _ in range(2)}
    assert len(made) == 1
    assert messaging.outbox(firm.fresh(firm.alice)).height == 1


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"email": ""}, "aucune adresse e-mail"),
        ({"email": "anne@"}, "n'est pas valable"),
        ({"email": "hélène@exemple.fr"}, "n'est pas valable"),
        ({"email": "a@b.fr", "death_date": "2026-01-02"}, "décédée"),
        ({"email": "a@b.fr", "archived_at": "2026-01-02"}, "archivé"),
    ],
)
def test_who_cannot_be_written_to_is_told_and_nothing_is_kept(firm, facts, why):
    today = {"death_date": firm.operator.today, "archived_at": firm.operator.now}
    person = builders.person(firm.alice, **{n: today.get(n, v) for n, v in facts.items()})
    with pytest.raises(InvalidInputError, match=why):
        messaging.queue_mail(firm.alice, letter(person))
    assert messaging.outbox(firm.operator).is_empty()


def test_every_missing_field_is_named_at_once(firm, client):
    with pytest.raises(InvalidInputError, match="Veuillez renseigner : Objet, Message"):
        messaging.queue_mail(firm.alice, replace(letter(client), subject=" ", body=""))


def test_too_heavy_a_message_is_refused(firm, client):
    heavy = a_file(firm, size=10_000_001)
    with pytest.raises(InvalidInputError, match="10 Mo au plus"):
        messaging.queue_mail(firm.alice, letter(client, attached=(heavy,)))


def test_a_title_on_two_lines_makes_no_header_of_its_own(firm, client):
    messaging.queue_mail(firm.alice, letter(client, "Bilan\r\nBcc: tous@exemple.fr"))
    assert messaging.outbox(firm.operator)["subject"][0] == "Bilan Bcc: tous@exemple.fr"


def test_another_adviser_s_client_and_messages_do_not_exist(firm, client):
    mail = queued(firm, client)
    with pytest.raises(NotFoundError):
        messaging.queue_mail(firm.bruno, letter(client))
    assert messaging.outbox(firm.bruno).is_empty()
    for verb in (messaging.cancel_mail, messaging.send_again, messaging.mark_received):
        with pytest.raises(NotFoundError):
            verb(firm.bruno, mail)
        with pytest.raises(NotFoundError):
            verb(firm.alice, 2**63)


def test_reading_and_sending_each_ask_their_right(firm, client):
    mail = queued(firm, client)
    reader = replace(firm.alice, permissions=firm.alice.permissions - {Permission.MAIL_SEND})
    assert messaging.outbox(reader).height == 1
    for asked in (
        lambda: messaging.queue_mail(reader, letter(client)),
        lambda: messaging.cancel_mail(reader, mail),
    ):
        with pytest.raises(PermissionDeniedError):
            asked()


def test_what_has_not_left_is_taken_back_once(firm, client):
    mail = queued(firm, client)
    messaging.cancel_mail(firm.alice, mail)
    assert messaging.outbox(firm.alice)["state"].to_list() == ["cancelled"]
    with pytest.raises(InvalidInputError, match="Son état : Annulé"):
        messaging.cancel_mail(firm.alice, mail)


def test_the_messages_that_carried_a_document_are_found_by_it(firm, client):
    messaging.queue_mail(firm.alice, letter(client, "Autre"))
    messaging.queue_mail(firm.alice, letter(client, attached=(a_file(firm),)))
    found = messaging.mails_about(firm.alice, [7, 8])
    assert found.select("document_id", "subject").rows() == [(7, "Votre état de compte")]
    assert messaging.mails_about(firm.bruno, [7]).is_empty()


def test_states_may_be_chosen(firm, client):
    queued(firm, client)
    assert messaging.outbox(firm.alice, states=["sent"]).is_empty()
    assert messaging.outbox(firm.alice, states=["queued"]).height == 1
