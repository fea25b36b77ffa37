"""Accounts, situations, movements, and what they are worth."""
