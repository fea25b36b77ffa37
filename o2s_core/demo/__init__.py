"""The demonstration firm: invented, deterministic for a seed and a day."""
