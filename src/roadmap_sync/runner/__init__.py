"""Owns what a GitHub Actions runner tells us of its event, and what it hears from us.

It must not know how the plan was made or published.
"""
