"""Messages leave once, over a real line, whatever the server answers and whenever it falls."""

import logging
import multiprocessing
import time
from datetime import timedelta

import pytest

from o2s_core import messaging, store
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.messaging import Attached, sending
from o2s_core.messaging.models import MailServer
from tests.messaging.letters import address_of, letter, send, states, turn, work_at

PDF = b"%PDF-1.7 releve de Anne"


@pytest.fixture
def queued(firm, client):
    return messaging.queue_mail(firm.alice, letter(client))


def test_a_client_receives_the_message_with_its_file_s_068(firm, client, online):
    """S-054: what is attached arrives byte for byte."""
    sha = store.save_blob(firm.alice, PDF)
    file = Attached(sha, "état au 31/10.pdf", "application/pdf", len(PDF))
    messaging.queue_mail(firm.alice, letter(client, attached=(file,)))
    assert send(firm) == {"sent": 1}
    (mail,) = online.messages
    assert (mail["To"], mail["Subject"]) == ("anne.martin@exemple.fr", "Votre état de compte")
    assert mail["From"] == "Cabinet d'essai <contact@cabinet.fr>"
    assert mail.get_body().get_content().split() == ["Bonjour,", "Voici", "votre", "état."]
    (attached,) = mail.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("état au 31/10.pdf", PDF)
    row = messaging.outbox(firm.fresh(firm.alice)).row(0, named=True)
    assert (row["state"], row["sent_at"]) == ("sent", firm.operator.now)


def test_what_was_sent_is_not_sent_again(firm, online, queued):
    for minutes in (0, 5, 60):
        send(firm, firm.operator.now + timedelta(minutes=minutes))
    assert len(online.received) == 1


def test_without_a_server_messages_are_kept_and_leave_the_day_there_is_one(firm, box, queued):
    assert messaging.is_offline(firm.alice)
    assert send(firm) == {"sent": 0}
    assert states(firm) == ["queued"]
    messaging.save_mail_server(firm.operator, address_of(box))
    send(firm)
    assert (states(firm), messaging.is_offline(firm.alice)) == (["sent"], False)


def test_an_address_that_does_not_exist_fails_and_the_next_message_leaves(firm, client, online):
    online.refused["anne.martin@exemple.fr"] = "550 5.1.1 <anne.martin@exemple.fr> unknown"
    other = messaging.queue_mail(firm.alice, letter(client))
    online.refused.clear()
    online.refused["anne.martin@exemple.fr"] = "550 5.1.1 <anne.martin@exemple.fr> unknown"
    send(firm)
    (reason,) = messaging.outbox(firm.fresh(firm.alice))["reason"].to_list()
    assert states(firm) == ["failed"]
    assert "réponse 550 5.1.1" in reason
    assert "anne.martin" not in reason
    online.refused.clear()
    messaging.send_again(firm.fresh(firm.alice), other)
    send(firm)
    assert states(firm) == ["sent"]


def test_a_refusal_of_the_moment_is_tried_again_later_and_later_then_fails(firm, online, queued):
    online.refused["anne.martin@exemple.fr"] = "451 4.7.1 greylisted"
    now, seen = firm.operator.now, []
    for wait in (timedelta(0), *sending.WAITS):
        send(firm, now + wait - timedelta(seconds=1))
        now += wait
        send(firm, now)
        seen += states(firm)
    assert seen == ["queued"] * len(sending.WAITS) + ["failed"]
    assert online.received == []


def test_a_line_cut_after_the_message_went_leaves_the_doubt_to_a_person(firm, online, queued):
    online.at_data = lambda: "cut"
    send(firm)
    assert states(firm) == ["uncertain"]
    online.at_data = lambda: None
    send(firm, firm.operator.now + timedelta(days=2))
    assert len(online.received) == 1, "never sent twice by itself"
    messaging.send_again(firm.fresh(firm.alice), queued)
    send(firm, firm.operator.now + timedelta(days=3))
    first, second = (mail["Message-ID"] for mail in online.messages)
    assert first == second


def test_the_client_says_that_it_arrived(firm, online, queued):
    online.at_data = lambda: "cut"
    send(firm)
    messaging.mark_received(firm.fresh(firm.alice), queued)
    row = messaging.outbox(firm.fresh(firm.alice)).row(0, named=True)
    assert (row["state"], row["sent_at"]) == ("sent", firm.operator.now)


def test_a_server_that_is_down_loses_no_try_and_says_so(firm, box, queued):
    messaging.save_mail_server(firm.operator, address_of(box, port=1))
    assert send(firm) == {"sent": 0, "line": "down"}
    assert states(firm) == ["queued"]
    card = messaging.mail_server(firm.fresh(firm.operator))
    assert card.failure == "Le serveur d'envoi 127.0.0.1 ne répond pas sur le port 1."


def test_a_wrong_password_is_said_in_words(firm, box, queued):
    messaging.save_mail_server(firm.operator, address_of(box, secret="faux"))
    send(firm)
    card = messaging.mail_server(firm.fresh(firm.operator))
    assert "refuse l'identifiant ou le mot de passe" in card.failure


def test_no_more_leave_in_a_minute_than_the_firm_allows(firm, client, online):
    for n in range(5):
        messaging.queue_mail(firm.alice, letter(client, f"Message {n}"))
    server = messaging.mail_server(firm.operator)
    messaging.save_mail_server(firm.operator, address_of(online, per_minute=2), server.version)
    now = firm.operator.now
    assert [send(firm, now + timedelta(seconds=s))["sent"] for s in (0, 30, 61)] == [2, 0, 2]


def test_a_message_that_a_dead_worker_had_taken_is_left_to_a_person(firm, online, queued):
    sending._take(work_at(firm.place, firm.id).context)  # the worker dies here
    assert send(firm, firm.operator.now + timedelta(minutes=9)) == {"sent": 0}
    send(firm, firm.operator.now + timedelta(minutes=11))
    assert (states(firm), online.received) == (["uncertain"], [])
    assert "renvoyez-le ou marquez-le reçu" in messaging.outbox(firm.operator)["reason"][0]


def test_two_workers_at_once_send_each_message_once(firm, client, online):
    wanted = [messaging.queue_mail(firm.alice, letter(client, f"Message {n}")) for n in range(12)]
    store.close(firm.place)
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=turn, args=(firm.place, firm.id)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert sorted(mail["Subject"] for mail in online.messages) == sorted(
        f"Message {n}" for n in range(len(wanted))
    )


def test_a_worker_killed_at_any_moment_never_sends_twice(firm, client, online):
    """Each message is received once at most, and whatever did not surely leave is told."""
    for n in range(6):
        messaging.queue_mail(firm.alice, letter(client, f"Message {n}"))
    store.close(firm.place)
    spawn = multiprocessing.get_context("spawn")
    for wait in (0.9, 1.1, 1.3):
        worker = spawn.Process(target=turn, args=(firm.place, firm.id))
        worker.start()
        time.sleep(wait)
        worker.kill()
        worker.join()
    send(firm, firm.operator.now + timedelta(hours=1))
    received = [mail["Subject"] for mail in online.messages]
    assert len(received) == len(set(received))
    told = messaging.outbox(firm.fresh(firm.operator))
    assert set(told["state"]) <= {"sent", "uncertain"}
    assert set(told.filter(state="sent")["subject"]) <= set(received)


def test_the_secret_and_the_letter_are_in_no_log(firm, client, online, caplog):
    caplog.set_level(logging.DEBUG)
    messaging.queue_mail(firm.alice, letter(client))
    send(firm)
    written = "\n".join(r.getMessage() for r in caplog.records if r.name.startswith("o2s"))
    assert not [w for w in ("phrase-du-serveur", "anne.martin", "Voici votre") if w in written]
    with store.reading(firm.operator) as session:
        assert "phrase-du-serveur" not in session.get_one(MailServer, 1).secret


def test_a_message_in_flight_can_no_longer_be_taken_back(firm, online, queued):
    send(firm)
    with pytest.raises(InvalidInputError, match="Ce message est parti"):
        messaging.cancel_mail(firm.fresh(firm.alice), queued)
