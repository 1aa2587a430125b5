"""Tests of the screens of the warehouse."""
