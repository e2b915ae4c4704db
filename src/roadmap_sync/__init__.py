"""roadmap-sync: makes the checklists of a hand-written page match a GitHub Projects board."""

__version__ = "0.1.0"
