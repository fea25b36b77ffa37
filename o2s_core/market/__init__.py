"""Providers, instruments, prices and rates."""
