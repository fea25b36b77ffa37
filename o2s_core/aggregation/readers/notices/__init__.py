"""Confirmations of French banks (avis d'opéré), as text or PDF."""
