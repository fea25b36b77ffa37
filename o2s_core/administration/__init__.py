"""The firm, its people, what they may see and do, and its settings."""
