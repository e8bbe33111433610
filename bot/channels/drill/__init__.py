"""The channel of fire drills: what comes in was put there on purpose, and what goes out reaches nobody."""
