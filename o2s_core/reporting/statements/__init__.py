"""Account statements [États de compte]: their figures, their pages, their saved models."""
