"""Files are fetched on a real OpenSSH server: whole, once, from the right one, or it is said why not."""

import json
import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from o2s_core import aggregation, store
from o2s_core.aggregation import FeedForm, SourceForm, limits
from o2s_core.aggregation.jobs import HANDLERS
from o2s_core.aggregation.models import FeedSource, PickedFile
from o2s_core.aggregation.pickup import picking
from o2s_core.aggregation.pickup.picking import pick_up, sources_due
from o2s_core.kernel.errors import (
    InvalidInputError,
    NotFoundError,
    PermissionDeniedError,
    StaleEditError,
)
from o2s_core.kernel.permissions import Permission
from tests import kit
from tests.kit import documents as doc
from tests.kit import sftp

pytestmark = pytest.mark.skipif(not sftp.installed(), reason="no OpenSSH server here")
SECRET = "Sesame-ouvre-toi-47"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with sftp.running(tmp_path_factory.mktemp("sftp") / "home") as running:
        yield running


@pytest.fixture(autouse=True)
def _clean(request):
    if "server" in request.fixturenames:
        server = request.getfixturevalue("server")
        for path in server.files.rglob("*"):
            if path.is_file():
                path.unlink()


@pytest.fixture
def feed(firm):
    form = FeedForm("Assureur", kit.provider(firm.operator), "format:native", "assureur", "weekly")
    return aggregation.declare_feed(firm.operator, form)


def form(server, **more) -> SourceForm:
    known = SourceForm(
        "127.0.0.1", server.user, server.port, "key", server.fingerprint, str(server.files),
        "*.json", "hourly", secret=server.private_key,
    )  # fmt: skip
    return replace(known, **more)


@pytest.fixture
def source(firm, server, feed):
    return aggregation.save_source(firm.operator, feed.id, form(server))


def visit(firm, feed, ctx=None):
    return pick_up(ctx or firm.operator, feed.id, pause=0.05)


def kept(firm):
    with store.reading(firm.operator) as session:
        query = select(FeedSource).where(FeedSource.firm_id == firm.id)
        return session.exec(query).one()


def statement(number="AV-1", **more) -> bytes:
    return doc.document(doc.holding(number, **more))


def test_a_file_is_fetched_and_received_as_any_other(firm, server, feed, source):
    """S-002."""
    server.put("releve.json", statement())
    server.put("notes.txt", b"rien")
    (report,) = visit(firm, feed)
    assert (report.state, report.feed) == ("quarantined", "assureur")
    card = aggregation.delivery(firm.operator, report.delivery_id)
    assert (card.channel, card.file_name) == ("sftp", "releve.json")
    assert (server.files / "releve.json").exists(), "left in place"
    assert kept(firm).message == "Dernière collecte : 1\u00a0fichier."


def test_the_same_file_is_never_fetched_twice(firm, server, feed, source):
    server.put("releve.json", statement())
    assert len(visit(firm, feed)) == 1
    assert visit(firm, feed) == ()
    server.put("releve.json", statement(), age=5)
    assert visit(firm, feed) == (), "touched, and the same bytes"
    server.put("copie.json", statement())
    assert visit(firm, feed) == (), "renamed, and the same bytes"
    server.put("releve.json", statement(total="1000"), age=1)
    assert len(visit(firm, feed)) == 1, "changed"


def test_a_file_that_still_grows_is_left_for_the_next_visit(firm, server, feed, source):
    path = server.put("releve.json", statement())

    async def grow(_pause):
        path.write_bytes(statement() + b"  ")

    before = picking.asyncio.sleep
    picking.asyncio.sleep = grow
    try:
        assert visit(firm, feed) == ()
    finally:
        picking.asyncio.sleep = before
    assert len(visit(firm, feed)) == 1


@pytest.mark.parametrize("name", ["releve.json.part", ".releve.json", "~$releve.json"])
def test_a_file_under_way_is_not_looked_at(firm, server, feed, name):
    aggregation.save_source(firm.operator, feed.id, form(server, pattern="*"))
    server.put(name, statement())
    assert visit(firm, feed) == ()


def test_an_interrupted_transfer_goes_on_where_it_stopped(firm, server, feed, source):
    data = statement()
    path = server.put("releve.json", data)
    seen = path.stat()
    remote = picking.RemoteFile("releve.json", seen.st_size, int(seen.st_mtime))
    begun = picking._aside(firm.operator, kept(firm), remote)
    begun.write_bytes(data[:100])
    path.write_bytes(b"#" * 100 + data[100:])  # what was already brought is not asked again
    sftp.os.utime(path, (int(seen.st_mtime), int(seen.st_mtime)))
    (report,) = visit(firm, feed)
    assert report.state == "quarantined"
    assert not begun.exists()


@pytest.mark.parametrize(
    ("afterwards", "moved_to", "left"),
    [("leave", "", ["releve.json"]), ("delete", "", []), ("move", "lus", ["lus/releve.json"])],
)
def test_what_becomes_of_the_file_on_the_server(firm, server, feed, afterwards, moved_to, left):
    folder = str(server.files / moved_to) if moved_to else ""
    aggregation.save_source(
        firm.operator, feed.id, form(server, afterwards=afterwards, moved_to=folder)
    )
    server.put("releve.json", statement())
    visit(firm, feed)
    found = [str(p.relative_to(server.files)) for p in server.files.rglob("*") if p.is_file()]
    assert found == left


def test_a_file_put_away_never_covers_another(firm, server, feed):
    folder = server.files / "lus"
    aggregation.save_source(
        firm.operator, feed.id, form(server, afterwards="move", moved_to=str(folder))
    )
    for total in (None, "1000"):
        server.put("releve.json", statement(total=total))
        visit(firm, feed)
    assert len([p for p in folder.iterdir() if p.is_file()]) == 2


def test_a_file_that_is_too_large_is_not_fetched_and_it_is_said(
    firm, server, feed, source, monkeypatch
):
    monkeypatch.setitem(limits.MAX_BYTES, "sftp", 50)
    server.put("releve.json", statement())
    (report,) = visit(firm, feed)
    assert report.state == "rejected"
    assert aggregation.delivery(firm.operator, report.delivery_id).size == 0
    assert visit(firm, feed) == (), "said once"


def test_another_key_of_the_server_is_refused_and_nothing_is_exchanged(firm, server, feed, source):
    server.put("releve.json", statement())
    try:
        server.change_key()
        assert visit(firm, feed) == ()
    finally:
        row = kept(firm)
    assert "La clé du serveur n'est pas celle qui est enregistrée" in row.message
    assert server.fingerprint in row.message
    assert row.failures == 1
    trial = aggregation.try_source(firm.operator, feed.id)
    assert (trial.pinned, trial.fingerprint) == (False, server.fingerprint)
    card = aggregation.feed_source(firm.operator, feed.id)
    pinned = replace(card.form, fingerprint=trial.fingerprint)
    aggregation.save_source(firm.operator, feed.id, pinned, card.version)
    assert len(visit(firm, feed)) == 1


def test_a_wrong_password_is_told_and_not_tried_in_a_storm(firm, server, feed):
    wrong = form(server, auth="password", secret=SECRET)
    aggregation.save_source(firm.operator, feed.id, wrong)
    waits = []
    ctx = firm.operator
    for _ in range(3):
        visit(firm, feed, ctx)
        row = kept(firm)
        waits.append(row.next_at - ctx.now)
        ctx = replace(ctx, now=row.next_at)
    assert "refuse l'identifiant, le mot de passe ou la clé" in row.message
    assert waits == [timedelta(hours=1), timedelta(hours=4), timedelta(hours=16)]
    assert sources_due(replace(ctx, now=ctx.now - timedelta(seconds=1))) == []
    assert aggregation.follow_alerts(firm.operator)["opened"] == 1
    (alert,) = aggregation.alerts(firm.fresh(firm.operator)).to_dicts()
    assert alert["code"] == "FEED_ERROR"
    assert "Collecte SFTP" in alert["message"]


def test_a_visit_that_succeeds_closes_its_alert(firm, server, feed, source):
    server.stop()
    visit(firm, feed)
    assert "ne répond pas" in kept(firm).message
    aggregation.follow_alerts(firm.operator)
    server.start()
    visit(firm, feed)
    assert kept(firm).failures == 0
    assert aggregation.follow_alerts(firm.operator) == {"opened": 0, "closed": 1}


def test_a_missing_folder_is_named(firm, server, feed):
    aggregation.save_source(firm.operator, feed.id, form(server, directory="/nulle/part"))
    visit(firm, feed)
    assert "« /nulle/part » n'existe pas" in kept(firm).message


def test_trying_shows_what_the_server_offers_and_fetches_nothing(firm, server, feed, source):
    server.put("releve.json", statement())
    trial = aggregation.try_source(firm.operator, feed.id)
    assert (trial.pinned, trial.files, trial.message) == (True, ("releve.json",), "")
    assert aggregation.deliveries(firm.operator).is_empty()


def test_the_worker_visits_what_is_due_at_its_pace(firm, server, feed, source):
    server.put("releve.json", statement())
    now = firm.operator.now + timedelta(minutes=1)
    work = store.Work(firm.place, 1, firm.id, "aggregation.collect", {}, None, 1, "w", lambda: now)
    assert len(HANDLERS["aggregation.collect"](work)["deliveries"]) == 1
    assert kept(firm).next_at == now + timedelta(hours=1)
    assert HANDLERS["aggregation.collect"](work)["deliveries"] == []


def test_a_daily_visit_comes_at_its_hour_where_the_partner_is(firm, server, feed):
    """It is 10:00 in Paris and 04:00 in New York."""
    card = aggregation.save_source(firm.operator, feed.id, form(server, pace="daily", hour=7))
    assert card.next_at.isoformat() == "2026-11-25T06:00:00+00:00"
    there = replace(feed.form, time_zone="America/New_York")
    aggregation.edit_feed(firm.operator, feed.id, there, feed.version)
    again = replace(card.form, pace="daily")
    card = aggregation.save_source(firm.operator, feed.id, again, card.version)
    assert card.next_at.isoformat() == "2026-11-24T12:00:00+00:00"


def test_the_secret_is_sealed_and_said_nowhere(firm, server, feed, caplog):
    caplog.set_level(logging.DEBUG)
    wrong = form(server, auth="password", secret=SECRET)
    card = aggregation.save_source(firm.operator, feed.id, wrong)
    visit(firm, feed)
    row = kept(firm)
    assert row.secret.startswith("v1|")
    assert SECRET not in row.secret
    said = [repr(card), repr(wrong), caplog.text, repr(picking.door_of(firm.operator, row))]
    page = store.audit_lines(firm.operator, store.AuditFilter())
    said += [repr(line) for line in page.lines]
    with store.reading(firm.operator) as session:
        said += [str(e.model_dump()) for e in session.exec(select(store.AuditEvent)).all()]
    assert not [text for text in said if SECRET in text]


def test_an_empty_secret_leaves_the_one_that_is_kept(firm, server, feed, source):
    server.put("releve.json", statement())
    again = replace(source.form, pattern="rel*.json")
    card = aggregation.save_source(firm.operator, feed.id, again, source.version)
    assert card.has_secret
    assert len(visit(firm, feed)) == 1


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"secret": ""}, "Clé privée"),
        ({"secret": "pas une clé"}, "ne se lit pas"),
        ({"auth": "password", "secret": ""}, "Mot de passe"),
        ({"host": "sftp://ailleurs"}, "sans « sftp:// »"),
        ({"fingerprint": ""}, "Empreinte"),
        ({"fingerprint": "SHA256:court"}, "50 caractères"),
        ({"afterwards": "move"}, "Dossier de rangement"),
        ({"port": 70000}, "1 à 65535"),
    ],
)
def test_what_is_wrong_with_a_source_is_said(firm, server, feed, more, said):
    with pytest.raises(InvalidInputError, match=said):
        aggregation.save_source(firm.operator, feed.id, form(server, **more))


def test_a_source_changed_meanwhile_is_not_overwritten(firm, server, feed, source):
    aggregation.save_source(firm.operator, feed.id, source.form, source.version)
    with pytest.raises(StaleEditError):
        aggregation.save_source(firm.operator, feed.id, source.form, source.version - 1)


def test_collecting_asks_for_the_right(firm, server, feed, source):
    reader = replace(firm.operator, permissions=frozenset({Permission.FEED_READ}))
    for verb in (aggregation.try_source, aggregation.pick_up_later, pick_up):
        with pytest.raises(PermissionDeniedError):
            verb(reader, feed.id)
    with pytest.raises(PermissionDeniedError):
        aggregation.save_source(reader, feed.id, source.form, source.version)
    with pytest.raises(NotFoundError):
        aggregation.try_source(replace(firm.operator, firm_id=2), feed.id)


def test_a_folder_without_new_file_leaves_no_trace(firm, server, feed, source):
    assert visit(firm, feed) == ()
    with store.reading(firm.operator) as session:
        assert not session.exec(select(PickedFile)).all()


def test_the_archive_of_several_files_is_opened(firm, server, feed):
    from io import BytesIO
    from zipfile import ZipFile

    held = BytesIO()
    with ZipFile(held, "w") as archive:
        for number in ("AV-1", "AV-2"):
            archive.writestr(f"{number}.json", json.dumps(json.loads(statement(number))))
    aggregation.save_source(firm.operator, feed.id, form(server, pattern="*.zip"))
    server.put("envoi.zip", held.getvalue())
    assert len(visit(firm, feed)) == 2
