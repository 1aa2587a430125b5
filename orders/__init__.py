"""The shop's business: its domain, its processes, and the screens of its tasks. It has no tables."""
