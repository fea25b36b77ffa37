"""The guard: nothing of the application runs, and nothing leaves it, without a session."""

import logging
import re
from typing import Final
from urllib.parse import quote, urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from o2s_core.administration import SignedIn
from o2s_core.ui.web import headers
from o2s_core.ui.web.addresses import is_same_site, next_of
from o2s_core.ui.web.doorkeeper import Doorkeeper
from o2s_core.ui.web.environment import settings, token_of

log = logging.getLogger(__name__)

#: What a browser may send to pretend; only the guard writes these.
OURS: Final = b"x-o2s-"
#: Open to anybody: the sign-in, signs of life, and the parts of an empty page.
PUBLIC: Final = frozenset(
    {"/login", "/logout", "/healthz", "/_stcore/health", "/favicon.png", "/favicon.ico"}
)
PUBLIC_FOLDERS: Final = ("/static/", "/ics/")
#: Doors of Streamlit that this application does not use: closed to everybody.
CLOSED: Final = (
    "/_stcore/metrics",
    "/_stcore/agent",
    "/_stcore/script-health-check",
    "/app/static",
    "/auth/",
    "/oauth2callback",
)
#: A page has one name: what lies deeper is machinery, which must answer for itself (the
#: browser finds out where the application is rooted by what is not found).
PAGE: Final = re.compile(r"/[a-z0-9-]*")
NO_SESSION: Final = 4401


class Guard:
    """The middleware before everything else (pure ASGI)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.doorkeeper = Doorkeeper()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through, refuse, or send to the sign-in."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, _secured(scope, send))

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path.startswith(CLOSED):
            await PlainTextResponse("Introuvable.", 404)(scope, receive, send)
            return
        request = HTTPConnection(scope)
        session = await self.doorkeeper.session(token_of(request))
        answer = _without_session(request, path) if session is None else None
        if session is not None and scope["method"] in {"GET", "HEAD"} and _is_page(path):
            answer = HTMLResponse(headers.shell())
        if answer is not None:
            await answer(scope, receive, send)
            return
        await self.app(_vouched(scope, session), receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a connection without session; cut it when the session ends."""
        connection = HTTPConnection(scope)
        token = token_of(connection)
        session = await self.doorkeeper.session(token)
        own = is_same_site(connection, required=True)
        if session is None or not own or scope["path"] != "/_stcore/stream":
            await receive()
            await send({"type": "websocket.close", "code": NO_SESSION})
            return
        line = Line(self.doorkeeper, token, receive, send)
        await self.app(_vouched(scope, session), line.receive, line.send)


class Line:
    """One open tab: each of its messages shows the session again."""

    def __init__(self, keeper: Doorkeeper, token: str, receive: Receive, send: Send) -> None:
        self._keeper, self._token = keeper, token
        self._receive, self._send = receive, send
        self._cut = False

    async def receive(self) -> Message:
        """Hand on what the browser says, as long as its session holds."""
        message = await self._receive()
        if message["type"] != "websocket.receive":
            return message
        said = _read(message.get("bytes"))
        active = not (said and said.rerun_script.is_auto_rerun)
        if await self._keeper.session(self._token, active=active) is not None:
            return message
        await self._end(said)
        return {"type": "websocket.disconnect", "code": NO_SESSION}

    async def send(self, message: Message) -> None:
        """Hand on what the application says; nothing once the line is cut."""
        if not self._cut:
            await self._send(message)

    async def _end(self, said: BackMsg | None) -> None:
        """Send the tab to the sign-in, which brings it back where it was, and close."""
        self._cut = True
        away = ForwardMsg()
        away.auth_redirect.url = f"/login?next={quote(_page_of(said))}"
        await self._send({"type": "websocket.send", "bytes": away.SerializeToString()})
        await self._send({"type": "websocket.close", "code": NO_SESSION})


def _vouched(scope: Scope, session: SignedIn | None) -> Scope:
    """Return the request with our headers, and none that pretends to be ours."""
    kept = [(k, v) for k, v in scope["headers"] if not k.lower().startswith(OURS)]
    if session is not None:
        kept.append((b"x-o2s-uid", str(session.user_id).encode()))
        kept.append((b"x-o2s-sid", session.sid.encode()))
    return {**scope, "headers": kept}


def _without_session(request: HTTPConnection, path: str) -> Response | None:
    """Return the refusal of a request without session, None for what is public."""
    if path in PUBLIC or path.startswith(PUBLIC_FOLDERS):
        return None
    if request.scope["method"] == "GET" and (_is_page(path) or path.startswith("/dl/")):
        asked = path + (f"?{request.url.query}" if request.url.query else "")
        wanted = next_of(asked) if _is_page(path) else ""
        return RedirectResponse("/login" + (f"?next={quote(wanted)}" if wanted else ""), 303)
    return PlainTextResponse("Connectez-vous.", 401)


def _is_page(path: str) -> bool:
    """Return whether a path may be a page: `/contacts`, never `/media/…` nor a file."""
    return path not in PUBLIC and PAGE.fullmatch(path) is not None


def _read(data: bytes | None) -> BackMsg | None:
    """Return a browser's message, None when it is not one (Streamlit closes on those)."""
    said = BackMsg()
    try:
        said.ParseFromString(data or b"")
    except Exception:  # noqa: BLE001 - whatever the parser says, it is no message
        return None
    return said


def _page_of(said: BackMsg | None) -> str:
    """Return the page a tab shows: a browser sends what follows the `?` apart from its address."""
    if said is None:
        return "/"
    parts = urlsplit(said.rerun_script.context_info.url)
    query = said.rerun_script.query_string or parts.query
    return next_of(parts.path + (f"?{query}" if query else ""))


def _secured(scope: Scope, send: Send) -> Send:
    over_tls = settings().secure_cookie

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers.secure(message, scope["path"], over_tls=over_tls)
        await send(message)

    return sending
