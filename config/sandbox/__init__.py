"""Stand-ins of other systems, as programs of their own: for the demo and the tests, never for an installation."""
