"""Technical alerts of aggregation: why a file is missing or stopped, and who is told."""
