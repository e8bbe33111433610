"""One folder a channel: each turns what comes in into ``Incoming`` and renders what was decided."""
