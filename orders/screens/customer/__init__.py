"""Customer: what people who order from the shop do."""
