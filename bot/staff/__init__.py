"""The people who work here: their accounts, how they sign in, and their pages."""
