"""Broker codes: whose the accounts are that come under each."""
