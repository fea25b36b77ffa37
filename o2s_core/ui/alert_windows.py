"""The technical alerts of aggregation on screen: taken, or classed with a reason."""

from typing import Final

import streamlit as st

from o2s_core import aggregation
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import session
from o2s_core.ui.cache import cached
from o2s_core.ui.columns import Column
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.figures import Tone, section
from o2s_core.ui.forms import saving
from o2s_core.ui.reasons import with_reason
from o2s_core.ui.tables import Action, table

SEVERITIES: Final[dict[str, Tone]] = {"error": "bad", "warning": "warn"}
STATE_TONES: Final[dict[str, Tone]] = {"open": "warn", "taken": "info", "dismissed": "quiet"}
LISTED: Final = [
    Column("label", "Alerte", sub="message", width=320),
    Column("state", "Suite", "badge", labels=aggregation.ALERT_STATES, tones=STATE_TONES),
    Column("owner", "Responsable", missing="Gestion des flux", wide=True),
    Column("account", "Compte", link="/compte?compte={account_id}", missing="—", wide=True),
    Column("decided_by", "Suivie par", missing="—", wide=True),
    Column("age_days", "Âge (jours)", "integer"),
    Column("action", "Que faire", width=240, wide=True),
    Column("reason", "Motif", hidden=True),
]


def show_alerts(ctx: Context) -> None:
    """Show the alerts that are for the person, and what they may do with each."""
    section("Alertes techniques", "retards, échecs et comptes arrêtés")
    dismissed = st.toggle("Avec celles classées sans suite", key="alerts_dismissed")
    may_act = ctx.may(Permission.FEED_RECEIVE)
    acts = [Action("take", "Prendre en charge", "person_check")]
    acts.append(Action("dismiss", "Classer sans suite", "archive"))
    pressed = table(
        ctx,
        cached(aggregation.alerts)(ctx, dismissed=dismissed),
        LISTED,
        key="technical_alerts",
        open="{href}",
        noun="alertes",
        actions=acts if may_act else (),
        empty="Aucune alerte : tout ce qui est attendu est arrivé.",
    )
    if pressed.action == "take":
        with saving(f"take_{pressed.row}", "Alerte prise en charge."):
            aggregation.take_alert(ctx, int(pressed.row))
    if pressed.action == "dismiss":
        dismiss_alert(int(pressed.row))


@dialog("Classer l'alerte sans suite", width="small")
def dismiss_alert(alert_id: int) -> None:
    """Class an alert, once the reason is given."""
    ctx = session.context()
    st.write("L'alerte ne revient pas tant que sa cause dure ; le motif reste au dossier.")
    with_reason(f"dismiss_{alert_id}", "Classer", "Alerte classée.",
                lambda reason: aggregation.dismiss_alert(ctx, alert_id, reason))  # fmt: skip
