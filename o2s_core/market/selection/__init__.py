"""Which supports does the firm choose? Search, decisions, favourites, ranges, what is missing."""
