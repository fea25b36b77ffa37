"""Fixtures that every test shares: a fixed clock, a temporary store, the firm under test.

The same tests run on both record databases: `O2S_TEST_BACKEND=postgresql`
starts a server of the tests' own, whose database is brought back to the same rows
after each test; without it each test has a SQLite file of its own.
"""

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from sqlmodel import Session, select
from typer.testing import CliRunner

from o2s_core import store
from o2s_core.administration.models import User
from o2s_core.kernel.context import Context, Perimeter, Place
from o2s_core.kernel.permissions import Permission
from tests import kit
from tests.kit import postgres, schema
from tests.kit import server as application
from tests.kit.firm import NOW, TODAY

SAMPLES = Path(
    os.environ.get("O2S_SAMPLES", Path(__file__).parents[2] / "shared" / "data" / "feeds")
)
ON_POSTGRES = os.environ.get("O2S_TEST_BACKEND") == "postgresql"
#: What gives a test a record database; without any of them it is the same test on both.
STORED = {"place", "empty_place", "template", "postgres_server"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, leave out what asks for no store: SQLite's run has proved it."""
    if not ON_POSTGRES:
        return
    kept = [item for item in items if STORED & set(getattr(item, "fixturenames", ()))]
    config.hook.pytest_deselected(items=list(set(items) - set(kept)))
    items[:] = kept


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """The server of this run; without PostgreSQL on the machine its tests are skipped."""
    if postgres.programs() is None:
        pytest.skip("PostgreSQL is not installed")
    with postgres.server() as server:
        yield server


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Place:
    """A store with the schema and the firm, made once and copied for each test."""
    home = tmp_path_factory.mktemp("template") / "home"
    address = f"sqlite:///{home / 'o2s.sqlite3'}"
    if ON_POSTGRES:
        address = request.getfixturevalue("postgres_server").create("o2s_template")
    place = Place(home, address)
    home.mkdir()
    store.init_key(place)
    schema.prepare(place)
    kit.new_firm(place)
    store.close(place)
    if ON_POSTGRES:
        request.getfixturevalue("postgres_server").keep("o2s_template")
    return place


@pytest.fixture
def place(tmp_path: Path, template: Place, request: pytest.FixtureRequest) -> Iterator[Place]:
    """An empty data folder and a database that already has the schema and the firm."""
    home = tmp_path / "home"
    shutil.copytree(template.home, home)
    shutil.copy(template.key_path, tmp_path / "home.key")
    if not ON_POSTGRES:
        made = Place(home, f"sqlite:///{home / 'o2s.sqlite3'}")
        yield made
        store.close(made)
        return
    server = request.getfixturevalue("postgres_server")
    made = Place(home, template.database_url)
    yield made
    store.close(made)
    server.reset("o2s_template")


@pytest.fixture
def empty_place(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Place]:
    """A data folder that does not exist yet and a database without a table; no key either."""
    home = tmp_path / "new" / "home"
    if not ON_POSTGRES:
        made = Place(home, f"sqlite:///{home / 'o2s.sqlite3'}")
        yield made
        store.close(made)
        return
    server = request.getfixturevalue("postgres_server")
    name = f"e_{uuid.uuid4().hex[:12]}"
    made = Place(home, server.create(name))
    yield made
    store.close(made)
    server.drop(name)


@pytest.fixture
def firm(place: Place) -> kit.Firm:
    """The firm under test, on this test's own store."""
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
def terminal(firm: kit.Firm, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Result]]:
    """The command line over the firm under test: `terminal("holdings", "--contact", "ANNE")`."""
    from o2s_core.cli import app, asking

    monkeypatch.setenv("O2S_HOME", str(firm.place.home))
    monkeypatch.setenv("O2S_DATABASE_URL", firm.place.database_url)
    monkeypatch.setenv("O2S_TODAY", firm.operator.today.isoformat())
    asking.settings.cache_clear()
    yield lambda *words, **how: CliRunner().invoke(app, [str(word) for word in words], **how)
    asking.settings.cache_clear()


@pytest.fixture
def unique() -> str:
    """A short name that no other test uses."""
    return uuid.uuid4().hex[:8]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator["application.Server"]:
    """The application running over a firm of its own, started from another folder."""
    made = application.firm_with_passwords(tmp_path_factory.mktemp("served") / "home")
    with application.running(made, cwd=tmp_path_factory.mktemp("elsewhere")) as running:
        yield running


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """Debian's Chromium, quiet and alike everywhere."""
    return {"executable_path": application.CHROMIUM, "args": application.QUIET}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, object]:
    """A French browser in Paris."""
    return {
        "locale": "fr-FR",
        "timezone_id": "Europe/Paris",
        "viewport": {"width": 1440, "height": 900},
    }
