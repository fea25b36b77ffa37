"""Who may see and do what, and what an attacker gets: nothing."""
