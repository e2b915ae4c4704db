"""Owns the commands: one module each takes an Invocation and gives an Outcome.

They print nothing; `cli.py` does, and tells the runner.
"""
