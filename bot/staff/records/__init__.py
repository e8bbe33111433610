"""The pages of what keeps cases safe: the log, the release of addresses, retention, legal holds and exports."""
