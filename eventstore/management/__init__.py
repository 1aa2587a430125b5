"""What the log offers at a terminal."""
