"""Where this server finds its firm, and what time it is."""

from functools import cache

from starlette.requests import HTTPConnection

from o2s_core.administration import Visitor
from o2s_core.kernel.settings import Settings


@cache
def settings() -> Settings:
    """Return what the machine says; read once."""
    return Settings()


def cookie_name() -> str:
    """Return the name of the session cookie; behind TLS the browser itself pins it to the host."""
    return "__Host-o2s_session" if settings().secure_cookie else "o2s_session"


def token_of(connection: HTTPConnection) -> str:
    """Return the session's secret as the browser sent it, "" without one."""
    return connection.cookies.get(cookie_name(), "")


def visitor(connection: HTTPConnection) -> Visitor:
    """Return who knocks: address, browser and moment."""
    now, today = settings().clock()
    address = connection.client.host if connection.client else "?"
    agent = connection.headers.get("user-agent", "")
    return Visitor(settings().place, address, agent, now, today)
