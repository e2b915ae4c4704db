"""Owns the answers to mutations; must not know HTTP, limits or faults."""
