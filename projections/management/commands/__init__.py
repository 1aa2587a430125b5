"""The read models' commands."""
