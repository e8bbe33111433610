"""The web chat: a page that works without scripts, and the same talk as JSON."""
