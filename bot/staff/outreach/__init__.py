"""The pages of outreach: the dashboard, entering activities, and reports."""
