"""What an adviser and a manager steer by: here, reaching anything of the firm at once."""

from o2s_core.steering.quick_search import MOST, Findings, quick_search

__all__ = ["MOST", "Findings", "quick_search"]
