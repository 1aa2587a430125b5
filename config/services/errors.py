"""What is said when something cannot start."""


class CannotStart(Exception):
    """A sentence for the person at the terminal: what is missing, and what they can do."""
