"""A sign of life, for what watches over the server."""

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from o2s_core import administration
from o2s_core.ui.web.environment import settings


async def healthz(_request: Request) -> Response:
    """Say `ok` when the firm's records can be read, `no firm` otherwise."""
    door = await to_thread.run_sync(administration.front_door, settings().place)
    return PlainTextResponse("ok") if door.firm_name else PlainTextResponse("no firm", 503)


routes = [Route("/healthz", healthz)]
