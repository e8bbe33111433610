"""What other systems may read: the published figures, over HTTP, with a token."""
