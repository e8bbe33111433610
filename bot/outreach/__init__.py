"""Outreach: what is counted, the rule by which it is published, and what a dashboard asks."""
