"""Settings, addresses, readers and services: the floor that knows all the others."""
