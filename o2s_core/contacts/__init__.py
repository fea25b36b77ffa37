"""People, companies, households and named groups."""
