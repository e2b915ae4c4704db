"""Owns where a plan goes: one module for each destination, one row for it in destinations.py.

They act on what was decided; they must not decide what is due.
"""
