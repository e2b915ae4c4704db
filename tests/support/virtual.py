"""A clock for tests that only sleeping moves, so that no test waits."""

import asyncio

from roadmap_sync.github.client import Timing


class Time:
    """Seconds that pass when somebody sleeps, or when a test says so; `waits` tells who asked for how long."""

    def __init__(self, now=1_000_000.0):
        self.now = now
        self.waits = []

    def __call__(self):
        """Return the time in seconds."""
        return self.now

    @property
    def timing(self):
        """Return how a client waits and tells the time by this clock, without chance."""
        return Timing(self.sleep, self, self, 0.0)

    async def sleep(self, seconds):
        """Let the time pass, and the other tasks run."""
        self.waits.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)
