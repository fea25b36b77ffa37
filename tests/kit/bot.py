"""A browser without screen on the application's own wire: what a curious visitor could send."""

import re
from dataclasses import dataclass, field

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect


class Refused(Exception):  # noqa: N818
    """The wire was not opened, or was cut; `code` is what the server said."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(f"refused: {code}")


@dataclass
class Bot:
    """One tab: open it, run a page, read what came back."""

    url: str
    cookie: str = ""
    origin: str | None = "same"  #: "same": the application's own; None: none at all
    headers: dict[str, str] = field(default_factory=dict)
    resume: str = ""  #: an application session to take over
    wire: ClientConnection | None = None
    session_id: str = ""
    pages: dict[str, str] = field(default_factory=dict)
    messages: list[ForwardMsg] = field(default_factory=list)

    def open(self) -> "Bot":
        """Open the wire; raise `Refused` when the guard says no."""
        cookies = f"o2s_session={self.cookie}" if self.cookie else ""
        known = {"Cookie": cookies} if cookies else {}
        protocols = ["streamlit", "token", self.resume] if self.resume else ["streamlit", "token"]
        try:
            self.wire = connect(
                self.url.replace("http", "ws") + "/_stcore/stream",
                subprotocols=protocols,
                origin=self.url if self.origin == "same" else self.origin,
                additional_headers=known | self.headers,
                max_size=None,
                legacy=True,
                open_timeout=20,
            )
        except InvalidStatus as refusal:
            raise Refused(refusal.response.status_code) from None
        return self

    def run(self, page: str = "", query: str = "", *, auto: bool = False) -> "Bot":
        """Ask for a page and wait until its script is done; raise `Refused` when cut off."""
        asked = BackMsg()
        asked.rerun_script.query_string = query
        asked.rerun_script.page_name = page
        asked.rerun_script.page_script_hash = self.pages.get(page, "")
        asked.rerun_script.is_auto_rerun = auto
        asked.rerun_script.context_info.url = f"{self.url}/{page}"
        self.messages = []
        try:
            self.wire.send(asked.SerializeToString())
            while not self._is_done():
                self._hear(ForwardMsg.FromString(self.wire.recv(timeout=30)))
        except ConnectionClosed as cut:
            raise Refused(cut.rcvd.code if cut.rcvd else 0) from None
        return self

    def _hear(self, message: ForwardMsg) -> None:
        self.messages.append(message)
        if message.HasField("new_session"):
            self.session_id = message.new_session.initialize.session_id
        if message.HasField("navigation"):
            listed = message.navigation.app_pages
            self.pages = {p.url_pathname or p.page_name: p.page_script_hash for p in listed}

    def _is_done(self) -> bool:
        last = self.messages[-1] if self.messages else None
        return last is not None and last.HasField("script_finished")

    @property
    def sent_to(self) -> str:
        """Where the tab was sent, "" when nowhere."""
        return next((m.auth_redirect.url for m in self.messages if m.HasField("auth_redirect")), "")

    @property
    def text(self) -> str:
        """Everything the page drew, as one text."""
        return "\n".join(str(m.delta) for m in self.messages if m.HasField("delta"))

    @property
    def media(self) -> list[str]:
        return re.findall(r"/media/[0-9a-f]+\.?\w*", self.text)

    def close(self) -> None:
        if self.wire is not None:
            self.wire.close()


def bot_of(client: httpx.Client, url: str, **options) -> Bot:
    """A tab with the cookie of a browser that signed in."""
    return Bot(url, client.cookies.get("o2s_session", ""), **options).open()
