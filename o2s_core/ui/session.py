"""Who sits at this screen: from the headers that the guard vouches for to a context."""

import os
from functools import lru_cache

import streamlit as st

from o2s_core import administration
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import NotSignedInError
from o2s_core.kernel.settings import Settings


def context() -> Context:
    """Return the context of the person signed in, looked up again at each call.

    `st.user` carries what the guard wrote on the websocket (`server.trustedUserHeaders`);
    the session itself is read in the store, so that a revoked session, a changed
    profile or a new data version counts at the next click. A fragment and a
    callback, which outlive the script that made them, ask again too.
    """
    known = settings()
    now, today = known.clock()
    return administration.context_of_session(known.place, current_sid(), now, today)


def current_sid() -> str:
    """Return the name of the session at this screen; it opens nothing by itself."""
    sid = st.user.to_dict().get("sid")
    if not sid:
        raise NotSignedInError
    return str(sid)


def settings() -> Settings:
    """Return what the machine says; reading it anew costs 5 ms, so it is kept while it holds."""
    return _settings(tuple(sorted(e for e in os.environ.items() if e[0].startswith("O2S_"))))


@lru_cache(maxsize=8)
def _settings(_said: tuple[tuple[str, str], ...]) -> Settings:
    return Settings()
