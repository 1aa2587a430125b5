"""Read models: what becomes of a row, and the machinery that asks."""
