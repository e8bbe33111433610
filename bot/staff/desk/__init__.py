"""The desk's pages: the queue, a case with its talk, the mandatory report."""
