"""How is a decision asked for with its reason? The same field and the same answer everywhere."""

from collections.abc import Callable
from typing import Final

from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.ui.forms import form, saving

REASON: Final = FormSchema(
    "Motif", (FormField("reason", "Motif", "long_text", required=True, maximum=500),)
)


def with_reason(
    key: str, submit: str, done: str, verb: Callable[[str], object], *, cancel: bool = True
) -> None:
    """Ask for a reason, then decide with it and say that it is done."""
    values = form(REASON, key=key, submit=submit, columns=1, cancel=cancel)
    if values is not None:
        with saving(key, done):
            verb(values["reason"])
