"""The screen: the only package of the core that knows Streamlit."""

from o2s_core.kernel.french import count, day, eur, number, percent, quantity
from o2s_core.ui.boundary import errors
from o2s_core.ui.cache import cached
from o2s_core.ui.chart import chart
from o2s_core.ui.columns import Column
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.fields import decimal
from o2s_core.ui.figures import badges, empty, facts, figures, note, section
from o2s_core.ui.file_header import file_header
from o2s_core.ui.file_offer import offer_file
from o2s_core.ui.forms import finished, form, once, opened_version, saving
from o2s_core.ui.grouped_table import Grouping, grouped_table
from o2s_core.ui.look import current as theme
from o2s_core.ui.messages import flash
from o2s_core.ui.navigation import go, link
from o2s_core.ui.session import context
from o2s_core.ui.shell import page
from o2s_core.ui.tables import Action, Answer, table

__all__ = [
    "Action",
    "Answer",
    "Column",
    "Grouping",
    "badges",
    "cached",
    "chart",
    "context",
    "count",
    "day",
    "decimal",
    "dialog",
    "empty",
    "errors",
    "eur",
    "facts",
    "figures",
    "file_header",
    "finished",
    "flash",
    "form",
    "go",
    "grouped_table",
    "link",
    "note",
    "number",
    "offer_file",
    "once",
    "opened_version",
    "page",
    "percent",
    "quantity",
    "saving",
    "section",
    "table",
    "theme",
]
