"""Tests of what rests: one contract over SQLite and PostgreSQL."""
