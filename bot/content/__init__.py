"""YAML to typed objects, and the checks that keep the content right."""
