"""The tests of the borders to other systems."""
