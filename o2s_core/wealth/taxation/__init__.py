"""What the tax law asks, computed on amounts given: no record is read here."""
