"""Parts that every page shares: layout, hashed files, headers, limits and locks. No routes of its own."""
