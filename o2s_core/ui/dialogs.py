"""A window over the page for what is typed beside it: Enregistrer or Annuler."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Literal

import streamlit as st

from o2s_core.ui import boundary


def dialog(
    title: str, *, width: Literal["small", "medium", "large"] = "medium", side: bool = False
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Turn a function into a window; `side=True` opens a drawer on the right.

    What the function raises is said in the window, in French. It asks
    `ui.context()` again rather than trusting the context of the page, since it
    runs after it.
    """

    def decorate(body: Callable[..., None]) -> Callable[..., None]:
        @wraps(body)
        def guarded(*args: Any, **kwargs: Any) -> None:  # noqa: ANN401
            with boundary.errors():
                body(*args, **kwargs)

        opened = st.dialog(title, width=width, position="right" if side else "center")
        return opened(guarded)

    return decorate
