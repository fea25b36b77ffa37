"""The window that decides on a price that waits."""

from typing import Final

import streamlit as st

from o2s_core import market
from o2s_core.kernel import french
from o2s_core.kernel.errors import NotFoundError
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.ui import session
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.forms import form, saving

REASON: Final = FormSchema(
    "Motif", (FormField("reason", "Motif", "long_text", required=True, maximum=500),)
)


@dialog("Décider d'un cours", width="small")
def decide_price(price_id: int, *, accept: bool) -> None:
    """Ask why a price counts, or is left out."""
    ctx = session.context()
    rows = market.doubtful_prices(ctx).filter(id=price_id).to_dicts()
    if not rows:
        raise NotFoundError("Cours à confirmer", price_id)
    row = rows[0]
    st.write(
        f"**{row['label']}** : {french.number(row['value'], 4)} {row['currency']} au "
        f"{french.day(row['day'])}, soit {french.percent(row['change'], signed=True)} par rapport "
        f"au cours du {french.day(row['previous_on'])}."
    )
    st.caption(
        "Accepté, ce cours valorise les lignes à partir de sa date."
        if accept
        else "Refusé, il n'entre pas dans l'historique et ne sera pas redemandé."
    )
    key = f"decide_price_{price_id}_{accept}"
    values = form(
        REASON, key=key, columns=1, cancel=True, submit="Accepter" if accept else "Refuser"
    )
    if values is not None:
        decide = market.accept_price if accept else market.refuse_price
        with saving(key, "Cours accepté." if accept else "Cours refusé."):
            decide(ctx, price_id, values["reason"])
