"""Owns the answers about branches, commits and files; must not know HTTP, limits or faults."""
