"""Owns what scripts/compare_revisions.py is made of: pages, boards and configs, and the worker that runs them."""
