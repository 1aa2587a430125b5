"""What the read models offer at a terminal."""
