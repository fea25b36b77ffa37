"""Hostile names, labels, file names and searches: shown and found as the text they are."""

import io
import zipfile
from datetime import date

import pytest

from o2s_core import administration, contacts, exports, market, portfolio, store
from o2s_core.aggregation.models import Anomaly, Delivery, DeliveryAccount
from o2s_core.contacts import ContactFilter, scope
from o2s_core.kernel.identifiers import search_key
from o2s_core.market import InstrumentFilter
from o2s_core.portfolio import MovementFilter, projections
from o2s_core.store import AuditFilter
from tests import kit
from tests.authorisation.payloads import FORMULAS, QUERIES, SCRIPTS
from tests.kit import server

NAMES = (
    "Martin",
    "O'Neil",
    "100 % Pierre",
    "Dupont_Test",
    'Le "Grand"',
    "Zoé; Durand",
    "Null",
    "Éric (é)",
)


@pytest.fixture
def named(firm):
    """People whose names hold what a query could trip over."""
    for name in NAMES:
        kit.person(firm.alice, name, "Anne")
        kit.person(firm.bruno, name, "Autre")
    return firm


def literally(text: str) -> set[str]:
    """The names that hold every word of a text."""
    words = search_key(text).split()
    return {n for n in NAMES if words and all(w in search_key(f"{n} Anne") for w in words)}


def test_a_search_takes_its_text_as_text(named):
    """Same people as by comparing the words one by one; never a colleague's, never an error."""
    ctx, wrong = named.alice, []
    for text in QUERIES:
        found = {c.name for c in contacts.find(ctx, text, limit=50)}
        listed = contacts.contact_list(ctx, ContactFilter(text=text)).rows
        chosen = [p.name for p in contacts.people(ctx, text)]
        spelt = not any(c.isdigit() for c in text)  # digits may also be a file code
        if spelt and found != {f"{n} Anne" for n in literally(text)}:
            wrong.append((text, found))
        if any("Autre" in name for name in (*found, *chosen, *listed["first_name"])):
            wrong.append((text, "a colleague's"))
    assert not wrong


def test_every_other_filter_takes_its_text_as_text(world):
    """Nothing found, nothing refused, nothing of somebody else."""
    ctx = world.of("alice")
    mine = scope(ctx, "contact", world.alice.file_code)
    odd = [q for q in QUERIES if len(search_key(q)) > 3]
    for text in odd:
        assert not market.providers(ctx, text).height
        assert not market.instruments(ctx, InstrumentFilter(text=text)).height
        assert not portfolio.movements(ctx, mine, MovementFilter(text=text)).height
        assert not market.instruments_by_isin(ctx, [text])
        lines, total = administration.audit_log(
            world.firm.operator, AuditFilter(actor=text, action=text, entity=text)
        )
        assert (lines.height, total) == (0, 0)
    assert len(odd) > 10


def test_a_hostile_name_is_stored_as_it_was_typed(firm):
    for n, text in enumerate(SCRIPTS):
        made = kit.person(firm.alice, text, f"N{n}")
        assert contacts.contact_by_id(firm.alice, made).form.last_name == text


def test_what_leaves_for_a_spreadsheet_is_never_a_formula(firm):
    """The contact list as its own page exports it, in both formats."""
    for n, text in enumerate(FORMULAS):
        kit.person(firm.alice, text, f"N{n}")
    rows = contacts.contact_list(firm.alice).rows
    sheet = exports.Sheet("contacts", rows, (exports.SheetColumn("name", "Nom"),))
    lines = exports.csv(sheet).decode("utf-8-sig").split("\r\n")[1:]
    assert not [
        line for line in lines if line.lstrip('"').startswith(("=", "+", "-", "@", "\t", "\r"))
    ]
    with zipfile.ZipFile(io.BytesIO(exports.xlsx([sheet]))) as book:
        for name in book.namelist():
            text = book.read(name).decode("utf-8", "replace")
            assert "<f>" not in text
            assert "TargetMode" not in text


# --- on screen ---------------------------------------------------------------------------

WATCH = """
window.o2s_refused = [];
document.addEventListener('securitypolicyviolation', e => window.o2s_refused.push(
  e.violatedDirective + ' ' + e.blockedURI));
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A firm of which everything that somebody can name bears a payload."""
    made = server.firm_with_passwords(tmp_path_factory.mktemp("hostile") / "home")
    alice = made.alice
    people = [
        kit.person(alice, text, "Anne", file_code=f"X{n:03d}") for n, text in enumerate(SCRIPTS)
    ]
    home = kit.household(alice, *people, name=SCRIPTS[0], file_code="XFOYER")
    group = kit.group(alice, *people, name=SCRIPTS[1])
    partner = kit.provider(alice, "hostile", SCRIPTS[2])
    accounts = []
    for n, text in enumerate(SCRIPTS):
        fund = kit.instrument(alice, text)
        account = kit.account(alice, partner, [people[0]], number=f"{text}-{n}", label=text)
        line = {"instrument_id": fund, "quantity": "1", "price": "10", "value": "10", "label": text}
        kit.situation(alice, account, date(2026, 11, 23), [line])
        kit.movement(alice, account, date(2026, 11, 24), "deposit", net="10", label=text)
        accounts.append(account)
    delivery = _deliveries(alice, accounts)
    with store.tx(alice) as tx:
        projections.mark(tx, accounts)
    with server.running(made) as running:
        yield running, {"group": group, "home": home, "account": accounts[0], "delivery": delivery}


def _deliveries(ctx, accounts) -> int:
    with store.tx(ctx) as tx:
        for n, text in enumerate(SCRIPTS):
            row = Delivery(firm_id=ctx.firm_id, file_name=text, sha256=f"{n:064d}", state="quarantined",
                           received_at=ctx.now, message=text, asked_feed=text, format="csv")  # fmt: skip
            tx.add(row)
            if n == 0:
                first = row.id
        for n, text in enumerate(SCRIPTS):
            tx.add(DeliveryAccount(firm_id=ctx.firm_id, delivery_id=first, external_id=f"{text}{n}",
                                   state="to_attach", label=text, holder=text, reason=text))  # fmt: skip
            tx.add(Anomaly(firm_id=ctx.firm_id, delivery_id=first, external_id=f"{text}{n}", code="L01",
                           severity="error", raw=text, field=text, locator=text, message=text))  # fmt: skip
    return first


ADDRESSES = (
    "/accueil", "/contacts", "/groupes", "/dossier-general?contact=X000",
    "/dossier-general?contact=XFOYER", "/dossier-general?groupe={group}",
    "/portefeuille-synthese?contact=X000", "/portefeuille-synthese?groupe={group}",
    "/portefeuille-comptes?contact=X000", "/mouvements?contact=X000", "/compte?compte={account}",
    "/situation?compte={account}", "/supports", "/distributeurs", "/livraisons",
    "/livraison?livraison={delivery}", "/anomalies", "/comptes-a-rattacher",
)  # fmt: skip


@pytest.mark.browser
def test_no_name_ever_becomes_a_script_a_dialog_or_a_call(hostile, page):
    """Every page that shows what people and files name, in a real browser under the real policy."""
    running, ids = hostile
    dialogs, outside, shown = [], [], ""
    page.add_init_script(WATCH)
    page.on("dialog", lambda d: (dialogs.append(d.message), d.dismiss()))
    page.on("request", lambda r: outside.append(r.url) if "192.0.2.7" in r.url else None)
    running.login(page, "alice", at="/accueil")
    for address in ADDRESSES:
        at = address.format(**ids)
        page.goto(running.url + at)
        server.idle(page)
        shown += page.locator("body").inner_text()
        assert page.evaluate("window.o2s_fired") is None, at
        assert page.evaluate("window.o2s_refused") == [], at
        assert page.url == running.url + at or page.url.startswith(running.url), at
        assert page.locator("a[href^='javascript:' i]").count() == 0, at
        assert page.get_by_text("Une erreur est survenue").count() == 0, at
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=o2s_fired=1>')"
    )
    page.wait_for_function("window.o2s_refused.length > 0")
    assert page.evaluate("window.o2s_fired") is None, "even put into the page, it is refused"
    assert not dialogs
    assert not outside
    assert "onerror=window.o2s_fired=1" in shown, "the payloads are on screen, as text"
