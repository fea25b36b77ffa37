"""From a partner's file to situations and movements, with the origin of each figure."""
