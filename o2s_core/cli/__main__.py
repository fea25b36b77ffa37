"""`python -m o2s_core.cli` is the command `o2s`."""

from o2s_core.cli import run

if __name__ == "__main__":
    run()
