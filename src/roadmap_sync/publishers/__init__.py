"""Owns where a plan goes: a file, a branch, a pull request or a comment, one module each.

They act on what was decided; they must not decide what is due.
"""
