"""From a view to a file that is safe to open."""
