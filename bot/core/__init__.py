"""The talk itself: messages, decisions, dialogue, content types and ports. Pure: no I/O, no clock, no channel."""
