"""SWIFT statements: MT535 of securities, MT940 of cash."""
