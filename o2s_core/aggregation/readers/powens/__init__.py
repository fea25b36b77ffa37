"""What Powens answers of the accounts it aggregates."""
