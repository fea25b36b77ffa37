"""The two books: on each test's own store, and behind one running application."""

from collections.abc import Iterator

import pytest

from tests.authorisation import books
from tests.kit import access, server
from tests.kit.firm import Firm


@pytest.fixture
def world(firm: Firm) -> books.World:
    """Two advisers' books, and somebody of each profile."""
    return books.fill(firm)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[server.Server, books.World]]:
    """The application running over the two books."""
    made = server.firm_with_passwords(tmp_path_factory.mktemp("books") / "home")
    world = books.fill(made)
    access.give_passwords(made.place)
    with server.running(world.firm) as running:
        yield running, world
