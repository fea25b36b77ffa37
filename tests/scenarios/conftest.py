"""The stories' own fixture: somebody who sits down before the application."""

import pytest

from tests.scenarios.somebody import Somebody


@pytest.fixture
def somebody(page, server):
    """A person before a fresh browser, not signed in."""
    return Somebody(page, server)
