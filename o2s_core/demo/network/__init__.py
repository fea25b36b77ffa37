"""The large demonstration firm: a network of agencies, drawn by arrays and loaded in bulk."""

from o2s_core.demo.network.building import found, load

__all__ = ["found", "load"]
