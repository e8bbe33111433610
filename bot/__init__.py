"""法小护: a chat service that answers questions about the law that protects minors."""

__version__ = "0.1.0"
