"""What the screen says when something goes wrong: what to do, or a reference; never a trace."""

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from typing import Final

import streamlit as st

from o2s_core.kernel.errors import NotSignedInError, O2SError
from o2s_core.kernel.log import configure, reference

log = logging.getLogger(__name__)


@contextmanager
def errors() -> Iterator[None]:
    """Show an expected error in French where it happened; log any other under a reference."""
    try:
        yield
    except NotSignedInError as error:
        st.warning(str(error), icon=":material/lock:")
        st.html('<a href="/login" target="_self">Se reconnecter</a>')
    except O2SError as error:
        st.error(str(error), icon=":material/error:")
    except Exception:
        mark = reference()
        log.exception("page failed", extra={"reference": mark})
        st.error(
            f"Une erreur est survenue, référence **{mark}**. Rien de ce que vous aviez "
            "enregistré n'est perdu : réessayez, puis transmettez cette référence à "
            "l'administrateur du cabinet.",
            icon=":material/error:",
        )


#: Runs of this process, from zero, after which what lives is put aside.
_ASIDE_AFTER: Final = (0, 1, 2, 5, 15, 50, 150)
_runs = count()


@cache
def set_log() -> None:
    """Set the log, once a process."""
    configure()


def put_aside() -> None:
    """After some of the first runs, take what lives out of the collector's rounds.

    Streamlit collects after every run; with the two hundred thousand long-lived
    objects of the imports, many of them made by the first pages, that alone
    takes about 100 ms while every other session waits.
    """
    if next(_runs) in _ASIDE_AFTER:
        gc.collect()
        gc.freeze()
