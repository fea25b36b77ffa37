"""What Plaid answers of the accounts it aggregates."""
