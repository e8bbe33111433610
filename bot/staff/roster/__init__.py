"""The pages of the roster and of the ways in which people are alerted."""
