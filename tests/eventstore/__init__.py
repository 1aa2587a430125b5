"""The log, the way commands reach it, and its readers: shown to work, also when others come in between."""
