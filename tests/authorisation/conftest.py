"""The two books, on each test's own store."""

import pytest

from tests.authorisation import books
from tests.kit.firm import Firm


@pytest.fixture
def world(firm: Firm) -> books.World:
    """Two advisers' books, and somebody of each profile."""
    return books.fill(firm)
