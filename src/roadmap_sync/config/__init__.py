"""Owns the config file: how TOML becomes the rules of each page, and on which line each setting stands.

Must not know git, tokens or GitHub, nor what is done with a page.
"""
