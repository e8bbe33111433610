"""The terminal: a talk, and questions asked in bulk."""
