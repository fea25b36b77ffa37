"""Files fetched where a partner puts them: which server, when, and what came."""
