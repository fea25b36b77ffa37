"""What the tests of messages write, and how the worker takes its turn."""

from datetime import datetime

from o2s_core import messaging, store
from o2s_core.kernel.context import Place
from o2s_core.messaging import MailForm, MailServerForm
from tests.kit.firm import NOW

SECRET = "phrase-du-serveur"


def address_of(box, **changes) -> MailServerForm:
    """How the firm reaches the server of the tests."""
    usual = {"login": "cabinet", "secret": SECRET, "security": "none", "port": box.port}
    return MailServerForm("127.0.0.1", "contact@cabinet.fr", **(usual | changes))


def letter(client: int, subject="Votre état de compte", **more) -> MailForm:
    return MailForm(client, subject, "Bonjour,\n\nVoici votre état.", **more)


def work_at(place: Place, firm_id: int, now: datetime = NOW) -> store.Work:
    """The worker's turn, at a time."""
    return store.Work(place, 1, firm_id, "messaging.send", {}, None, 1, "w", lambda: now)


def turn(place: Place, firm_id: int) -> None:
    """One turn, in a process of its own."""
    messaging.send_due(work_at(place, firm_id))


def send(firm, now: datetime = NOW) -> dict:
    return messaging.send_due(work_at(firm.place, firm.id, now))


def states(firm) -> list[str]:
    """The state of every message, the first queued first."""
    return messaging.outbox(firm.fresh(firm.operator))["state"].to_list()[::-1]
