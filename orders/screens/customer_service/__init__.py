"""Customer service: what those do who find customers and orders, and act for them."""
