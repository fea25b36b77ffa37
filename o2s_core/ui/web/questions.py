"""What a component asks beside the pages, as JSON: of this site, by somebody signed in."""

from collections.abc import Callable
from typing import Any, Final

import orjson
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from o2s_core import administration
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import NotFoundError, NotSignedInError, PermissionDeniedError
from o2s_core.ui.web.addresses import is_same_site
from o2s_core.ui.web.environment import settings, token_of

LONGEST: Final = 2_000  #: bytes
Question = dict[str, Any]


class UnreadableError(Exception):
    """The question lacks what it is about."""


async def answered(request: Request, ask: Callable[[Context, Question], object]) -> Response:
    """Answer a question under the rights and the perimeter of who is signed in, as of now."""
    if not is_same_site(request, required=True):
        return PlainTextResponse("Demande étrangère à ce site : refusée.", 403)
    try:
        asked = _read(await request.body())
        answer = await to_thread.run_sync(lambda: ask(_context(request), asked))
    except UnreadableError:
        return PlainTextResponse("Demande illisible.", 400)
    except NotSignedInError:
        return PlainTextResponse("Connectez-vous.", 401)
    except (NotFoundError, PermissionDeniedError):
        return PlainTextResponse("Introuvable.", 404)
    return Response(orjson.dumps(answer), media_type="application/json")


def _read(body: bytes) -> Question:
    try:
        asked = orjson.loads(body) if len(body) <= LONGEST else None
    except orjson.JSONDecodeError:
        asked = None
    if not isinstance(asked, dict):
        raise UnreadableError
    return asked


def _context(request: Request) -> Context:
    now, today = settings().clock()
    session = administration.signed_in(settings().place, token_of(request), now)
    sid = "" if session is None else session.sid
    return administration.context_of_session(settings().place, sid, now, today)
