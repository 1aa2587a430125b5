"""The payment provider's border and its sandbox."""
