"""Rebuild a firm from another tool's exports (Services › Données › Reprise)."""
