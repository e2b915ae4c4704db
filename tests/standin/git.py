"""Owns branches, commits and merges of a stand-in repository; must not know GraphQL or GitHub's errors."""


class Git:
    """The commits and branches of one repository."""
