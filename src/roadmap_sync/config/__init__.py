"""Owns the config file: TOML with the line of each setting, and the rules of each page that it becomes.

It must not know boards as they were read, nor how anything is carried out.
"""
