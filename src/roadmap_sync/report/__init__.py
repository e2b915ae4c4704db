"""Owns the words: each module is one form in which a plan, a proposal or a pull request is shown.

Pure functions of values. They must not know where a report goes.
"""
