"""The web application: `streamlit run app.py`.

Streamlit finds `st.App` by reading this file, so the next line stays as plain
as it is: anything cleverer would start the pages without their guard.
"""

import streamlit as st

from o2s_core.ui.web import middleware, routes

app = st.App("o2s_core/ui/main.py", routes=routes, middleware=middleware)
