"""The quick search box of the bar: `/search/quick`, asked at each pause of the typing.

Beside the pages rather than in them: an answer neither waits for a page that is
being drawn nor interrupts it. The text travels in the body: no log keeps it.
"""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from o2s_core import market, portfolio, steering
from o2s_core.contacts import FoundContact, vocabulary
from o2s_core.kernel.context import Context
from o2s_core.market import FoundInstrument
from o2s_core.portfolio import FoundAccount
from o2s_core.steering import Findings
from o2s_core.ui.navigation import link
from o2s_core.ui.web.questions import Question, UnreadableError, answered

FEW: Final = 5  #: answers of a kind, before "Voir tout"


async def search(request: Request) -> Response:
    """Answer what a text may mean, as the groups that the box shows."""
    return await answered(request, _found)


def _found(ctx: Context, asked: Question) -> list[dict[str, Any]]:
    text = asked.get("text")
    if not isinstance(text, str):
        raise UnreadableError
    most = steering.MOST if asked.get("all") is True else FEW
    found = steering.quick_search(ctx, text, limit=most + 1, archived=asked.get("old") is True)
    return _groups(found, most)


def _groups(found: Findings, most: int) -> list[dict[str, Any]]:
    """Return what was found, by kind; one more than is shown says that there are others."""
    kinds = (
        ("Contacts", [_contact(c) for c in found.contacts]),
        ("Comptes", [_account(a) for a in found.accounts]),
        ("Supports", [_instrument(i) for i in found.instruments]),
    )
    return [
        {"title": title, "items": items[:most], "more": len(items) > most}
        for title, items in kinds
        if items
    ]


def _contact(found: FoundContact) -> dict[str, Any]:
    """Return a line of the box; a colleague's contact leads nowhere."""
    if not found.file_code:
        followed = f"Accès restreint, suivi par {found.adviser}" if found.adviser else ""
        return {"label": found.name, "detail": followed or "Accès restreint", "href": ""}
    born = f", {found.birth_date.year}" if found.birth_date and found.kind == "person" else ""
    told = [found.file_code, vocabulary.STAGES.get(found.stage, ""), found.adviser]
    return {
        "label": f"{found.name}{born}",
        "detail": " · ".join(part for part in told if part),
        "href": link("dossier-general", contact=found.file_code),
        "old": found.archived,
    }


def _account(found: FoundAccount) -> dict[str, Any]:
    owners = ", ".join(owner.name for owner in found.owners)
    told = [found.number, portfolio.envelope_label(found.envelope), owners]
    return {
        "label": found.label,
        "detail": " · ".join(part for part in told if part and part != found.label),
        "href": link("compte", compte=found.id),
        "old": found.archived,
    }


def _instrument(found: FoundInstrument) -> dict[str, Any]:
    kind = market.INSTRUMENT_KINDS.get(found.kind, "")
    told = [found.isin, kind, found.manager]
    return {
        "label": found.label,
        "detail": " · ".join(part for part in told if part),
        "href": link("support", support=found.id),
        "old": not found.active,
    }


routes = [Route("/search/quick", search, methods=["POST"])]
