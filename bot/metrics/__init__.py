"""How the service runs, for Prometheus: nothing about persons, nothing about harm."""
