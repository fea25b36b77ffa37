"""What the manufacturers' files say of the supports: risk, costs, target market, durability."""
