"""Prepared files: `/dl/<ticket>`, once, within a minute, to whoever asked for them."""

from urllib.parse import quote

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from o2s_core import administration
from o2s_core.kernel.errors import O2SError
from o2s_core.ui.web import sheets
from o2s_core.ui.web.environment import settings, token_of


async def download(request: Request) -> Response:
    """Hand over a prepared file as an attachment."""
    now, today = settings().clock()
    place = settings().place
    session = await to_thread.run_sync(administration.signed_in, place, token_of(request), now)
    if session is None or session.pending:
        return PlainTextResponse("Connectez-vous.", 401)
    ticket = request.path_params["ticket"]
    try:
        found = await to_thread.run_sync(
            administration.redeem, place, ticket, session.user_id, now, today
        )
    except O2SError:
        return HTMLResponse(sheets.spent_link(), 404)
    named = {"Content-Disposition": _attachment(found.file_name)}
    if found.path is not None:
        return FileResponse(found.path, media_type=found.media_type, headers=named)
    return Response(found.data, media_type=found.media_type, headers=named)


async def calendar(_request: Request) -> Response:
    """Answer for a calendar that nobody publishes."""
    return PlainTextResponse("Aucun agenda à cette adresse.", 404)


def _attachment(file_name: str) -> str:
    """Return how a file is named on its way out (RFC 6266), accents included."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in file_name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"


routes = [Route("/dl/{ticket}", download), Route("/ics/{token}", calendar)]
