"""Read models: each file one table and the pure function that fills it. All can be thrown away and built again."""
