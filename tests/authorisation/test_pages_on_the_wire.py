"""Every page, every profile, over the wire as an attacker would: by its hash, past any menu."""

import pytest

from o2s_core.ui import pages
from tests.authorisation import books, matrix, visits
from tests.kit.bot import Bot, Refused, bot_of

WHOLE_FIRM = {"manager", "conformite"}
WITHOUT_CLIENTS = {"administrateur", "analyste"}


def rows():
    return matrix.rows("page")


def test_every_page_has_its_row_and_every_row_its_page():
    urls = {spec.url for spec in pages.PAGES}
    assert urls == set(rows()), f"tests/authz.csv: {sorted(urls ^ set(rows()))}"
    assert {u: rows()[u].permissions for u in urls} == {
        spec.url: (spec.needs.value,) for spec in pages.PAGES
    }


@pytest.fixture(scope="module", params=matrix.PROFILES)
def visited(request, served):
    """Every page opened by one profile about alice's clients, then about bruno's: url -> texts."""
    running, world = served
    drawn = {}
    with running.signed_in(books.LOGINS[request.param]) as client:
        bot = bot_of(client, running.url).run("accueil")
        for url in visits.urls():
            both = [visits.queries(world, book, url) for book in (world.alice, world.bruno)]
            for query in dict.fromkeys([*both[0], *both[1]]):
                bot.run(url, query)
                drawn[url, query] = visits.plain(bot.text)
        bot.close()
    return request.param, world, drawn


def test_a_page_opens_to_whom_the_matrix_says(visited):
    """Refused in French, with nothing of the page drawn; never by an error."""
    profile, _, drawn = visited
    wrong = []
    for (url, query), text in drawn.items():
        refused = "ne donne pas le droit" in text
        if refused == (profile in rows()[url].allowed) or "Une erreur est survenue" in text:
            wrong.append(f"{url}?{query}")
    assert not wrong


def test_no_page_tells_of_a_client_outside_the_perimeter(visited):
    profile, _, drawn = visited
    hidden = [] if profile in WHOLE_FIRM else [*books.BRUNO]
    hidden += books.ALICE if profile in WITHOUT_CLIENTS else []
    leaks = [(at, word) for at, text in drawn.items() for word in hidden if word in text]
    assert not leaks


def test_what_is_not_mine_is_nowhere_to_be_found(visited):
    profile, world, drawn = visited
    if profile in WHOLE_FIRM:
        return
    asked = [
        (url, query)
        for url in visits.TAKES
        for query in visits.queries(world, world.bruno, url)
        if profile in rows()[url].allowed and not query.startswith("support")
    ]
    assert not [at for at in asked if at in drawn and "introuvable" not in drawn[at]]


def test_what_is_mine_is_drawn(visited):
    """The texts that are searched for leaks really hold what a page shows."""
    profile, world, drawn = visited
    if profile not in rows()["portefeuille-synthese"].allowed:
        return
    text = drawn["portefeuille-synthese", f"contact={world.alice.file_code}"]
    assert books.ALICE[0] in text
    assert books.ALICE[1] in text


def test_a_visitor_without_session_runs_no_page(served):
    """The wire is refused before any page could be named."""
    running, _ = served
    for cookie in ("", "x", "0" * 64):
        with pytest.raises(Refused) as refusal:
            Bot(running.url, cookie=cookie).open()
        assert refusal.value.code == 403


def test_two_colleagues_in_turn_never_read_each_other_s_answer(served):
    """Cached answers included: the same pages, one after the other, those about clients twice."""
    running, world = served
    with running.signed_in("alice") as one, running.signed_in("bruno") as two:
        tabs = [
            (bot_of(one, running.url).run("accueil"), world.alice, books.ALICE, books.BRUNO),
            (bot_of(two, running.url).run("accueil"), world.bruno, books.BRUNO, books.ALICE),
        ]
        seen_own, leaks = 0, []
        shown = [url for url in visits.urls() if "conseiller" in rows()[url].allowed]
        for url in [*shown, *(set(shown) & {*visits.TAKES, "contacts", "groupes"})]:
            for bot, book, own, foreign in tabs:
                bot.run(url, visits.queries(world, book, url)[0])
                text = visits.plain(bot.text)
                seen_own += own[0] in text
                leaks += [(url, word) for word in foreign if word in text]
        for bot, *_ in tabs:
            bot.close()
    assert not leaks
    assert seen_own > 15
