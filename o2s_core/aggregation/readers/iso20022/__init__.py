"""ISO 20022 statements: semt.002 of holdings, camt.053 of cash."""
