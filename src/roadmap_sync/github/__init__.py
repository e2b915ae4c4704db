"""Owns the wire: the one HTTP client, tokens, the repository's branches and pull requests, and the set-up's check.

It must not know how anything is worded for readers, nor decide what is to be done.
"""
