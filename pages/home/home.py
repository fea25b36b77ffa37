"""Accueil: what is new for my clients, at a glance."""

import streamlit as st

from o2s_core import ui
from o2s_core.kernel.permissions import Permission

ctx = ui.page("Accueil", needs=Permission.HOME_VIEW)
ui.figures([("Aujourd'hui", ui.day(ctx.today))])
