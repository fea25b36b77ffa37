"""Fixtures that every test shares: a fixed clock, a temporary store, the firm under test.

The same tests run on both record databases: `O2S_TEST_BACKEND=postgresql`
takes the address in `O2S_TEST_POSTGRES` (the tests' own set-up starts the server).
"""

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from o2s_core.kernel.context import Place
from tests import kit

SAMPLES = Path(
    os.environ.get("O2S_SAMPLES", Path(__file__).parents[2] / "shared" / "data" / "feeds")
)


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the schema and the firm, made once and copied for each test."""
    from o2s_core import store

    home = tmp_path_factory.mktemp("template")
    place = Place(home, f"sqlite:///{home / 'o2s.sqlite3'}")
    store.init_key(place)
    _migrate(place)
    kit.new_firm(place)
    store.engine(place).dispose()
    return home


def _migrate(place: Place) -> None:
    """Create the schema as `o2s init` does."""
    import o2s_core.administration.models
    import o2s_core.aggregation.models
    import o2s_core.contacts.models
    import o2s_core.market.models
    import o2s_core.portfolio.models  # noqa: F401
    from o2s_core import store

    store.create_all(place)


@pytest.fixture
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Place]:
    """An empty data folder and a database that already has the schema and the firm."""
    from o2s_core import store

    home = tmp_path / "home"
    template = request.getfixturevalue("_sqlite_template")
    shutil.copytree(template, home)
    shutil.copy(template.with_name(template.name + ".key"), tmp_path / "home.key")
    made = Place(home, f"sqlite:///{home / 'o2s.sqlite3'}")
    yield made
    store.engine(made).dispose()


@pytest.fixture
def firm(place: Place) -> kit.Firm:
    """The firm under test, on this test's own store."""
    from dataclasses import replace

    from sqlmodel import Session, select

    from o2s_core import store
    from o2s_core.administration.models import User
    from o2s_core.kernel.context import Context, Perimeter
    from o2s_core.kernel.permissions import Permission
    from tests.kit.firm import NOW, TODAY

    with Session(store.engine(place)) as session:
        ids = {user.login: user.id for user in session.exec(select(User)).all()}
    operator = Context(
        place, 1, None, "cli", Perimeter(everyone=True), frozenset(Permission), NOW, TODAY
    )
    return kit.Firm(place, 1, ids, replace(operator, versions=store.versions(place, 1)))


@pytest.fixture(scope="session")
def samples() -> Path:
    """The partners' sample files; a test that reads them is skipped where they are absent."""
    if not SAMPLES.is_dir():
        pytest.skip("no sample files (O2S_SAMPLES)")
    return SAMPLES


@pytest.fixture
def unique() -> str:
    """A short name that no other test uses."""
    return uuid.uuid4().hex[:8]
