"""Where things rest: tables, sealed, one repository a concept, on SQLite or PostgreSQL."""
