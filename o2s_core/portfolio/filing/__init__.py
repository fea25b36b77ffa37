"""Filing in series: hundreds of files that find their contract by its number (saison fiscale)."""
