"""O2S: the open workstation of French wealth advisers."""
