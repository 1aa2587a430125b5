"""The log's commands."""
