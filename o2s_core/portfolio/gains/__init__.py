"""What lines gained that are held or were sold, at which cost [Portefeuille > Plus-values]."""

from o2s_core.portfolio.gains.figures import COST_METHODS, Gains, gains
from o2s_core.portfolio.gains.latent import LATENT
from o2s_core.portfolio.gains.sold import SOLD, YEARS

__all__ = ["COST_METHODS", "LATENT", "SOLD", "YEARS", "Gains", "gains"]
