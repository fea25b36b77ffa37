"""Model portfolios: what a contract should look like, version after version."""
