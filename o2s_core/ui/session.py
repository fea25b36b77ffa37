"""Who sits at this screen: from the headers that the guard vouches for to a context."""

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
    known = st.user.to_dict()
    sid = known.get("sid")
    if not sid:
        raise NotSignedInError
    settings = Settings()
    now, today = settings.clock()
    return administration.context_of_session(settings.place, str(sid), now, today)
