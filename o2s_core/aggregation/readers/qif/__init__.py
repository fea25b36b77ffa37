"""QIF files of a personal finance program."""
