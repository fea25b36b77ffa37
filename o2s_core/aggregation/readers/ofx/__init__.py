"""OFX and QFX statements."""
