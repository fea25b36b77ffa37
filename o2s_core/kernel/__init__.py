"""What every package may rely on: errors, context, permissions, money, days, identifiers."""
