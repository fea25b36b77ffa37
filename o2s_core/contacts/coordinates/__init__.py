"""Where and how a contact is reached, and where his money is paid (Coordonnées)."""
