"""The shop's aggregates as pure functions: what may be done, and what follows from it."""
