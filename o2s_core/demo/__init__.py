"""The demonstration firm: invented, deterministic for a seed and a day."""

from o2s_core.demo.firm import Built, build
from o2s_core.demo.people import LOGINS, PASSWORD

__all__ = ["LOGINS", "PASSWORD", "Built", "build"]
