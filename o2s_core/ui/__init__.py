"""The only package of the core that knows Streamlit."""
