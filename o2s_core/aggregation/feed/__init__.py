"""A feed: what it may get wrong, when it is due, where it comes from, who gets its accounts."""
