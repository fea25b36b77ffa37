"""A firm with a client who can be written to, and a real mail server beside it."""

import pytest

from o2s_core import messaging
from tests.kit import builders
from tests.kit.mail import postbox
from tests.messaging import letters


@pytest.fixture
def client(firm) -> int:
    return builders.person(firm.alice, "Martin", "Anne", email="anne.martin@exemple.fr")


@pytest.fixture(scope="module")
def server():
    """One listening server for the tests of a file."""
    with postbox(login=("cabinet", letters.SECRET)) as box:
        yield box


@pytest.fixture
def box(server):
    """The server, empty and willing."""
    server.received.clear()
    server.to.clear()
    server.refused.clear()
    server.at_data = lambda: None
    return server


@pytest.fixture
def online(firm, box):
    """The firm has said which server its messages leave by."""
    messaging.save_mail_server(firm.operator, letters.address_of(box))
    return box
