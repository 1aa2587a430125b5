"""Sign-in, roles, and the customer."""
