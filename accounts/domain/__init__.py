"""The customer as an aggregate, and the roles of those who work here."""
