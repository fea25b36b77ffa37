"""From a frame to a Plotly figure."""
