"""The tests of what partners are told and may ask."""
