"""Tests of the processes: as equations, and at work."""
