"""Several securities side by side: same days, same currency, same start (Comparateur)."""
