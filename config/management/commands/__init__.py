"""Management commands of an installation, one module for each."""
