"""Where figures of an account contradict each other, and who explains it (écarts)."""
