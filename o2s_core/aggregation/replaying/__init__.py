"""Everything that files brought, made again from the archive in the order in which it came."""
