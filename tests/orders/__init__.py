"""The shop: its domain as equations, and its screens in a browser."""
