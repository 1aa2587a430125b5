"""Simulation: believable people trade with the shop, by a seed, on a clock that can run as fast as the machine."""
