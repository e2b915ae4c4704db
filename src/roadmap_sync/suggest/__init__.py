"""Owns what a person may decide: pins for lines without a reference, and a first config.

Nothing here changes a page, and nothing here is acted on without a person.
"""
