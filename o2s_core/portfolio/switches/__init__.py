"""Accounts that follow a model portfolio, how far they drift, and the switches proposed."""
