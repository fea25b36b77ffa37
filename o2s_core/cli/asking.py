"""Who asks from the command line: the operator `cli`, or a user by `--as`."""

from functools import cache
from typing import Any

import orjson
import typer

from o2s_core import administration
from o2s_core.kernel.context import Context
from o2s_core.kernel.settings import Settings


@cache
def settings() -> Settings:
    """Return what the environment says; read once per process."""
    return Settings()


def ask(as_login: str | None = None) -> Context:
    """Return the context of a command: everybody and every right, or those of one user."""
    now, today = settings().clock()
    if as_login is None:
        return administration.operator(settings().place, now, today)
    return administration.context_as(settings().place, as_login, now, today)


def answer(document: Any) -> None:  # noqa: ANN401
    """Print one JSON document on standard output, and nothing else."""
    typer.echo(orjson.dumps(document, default=str, option=orjson.OPT_INDENT_2).decode())


def tell(message: str) -> None:
    """Print a message for the person at the terminal, on standard error."""
    typer.echo(message, err=True)
