"""Tests of the table of destinations: what `--to` may name, and that each row leads to a publisher."""

import asyncio
import importlib
import inspect

import pytest

from roadmap_sync.errors import RefusedError
from roadmap_sync.plan.plan import Plan
from roadmap_sync.publishers.delivery import Delivered
from roadmap_sync.publishers.destinations import FILES, PREVIEWS, REMOTES, Destination, words


def test_the_names_and_their_words():
    """What `--to` takes, in the order of `--help`, and what `--help` says of them."""
    assert [*FILES, *REMOTES] == ["file", "pull-request", "branch"]
    assert words() == "The files here, one pull request on GitHub, or its default branch."


@pytest.mark.parametrize("name", [*FILES, *REMOTES, *PREVIEWS])
def test_every_row_has_its_module(name):
    """A destination is a module of its name, with one function that publishes a job."""
    module = importlib.import_module(f"roadmap_sync.publishers.{name.replace('-', '_')}")

    assert [*inspect.signature(module.publish).parameters] == ["job"]
    assert inspect.iscoroutinefunction(module.publish)


def test_a_destination_delivers():
    """A row is a job's way to its end, whatever the job is."""

    async def publish(job: str) -> Delivered:
        await asyncio.sleep(0)
        return Delivered(job, Plan((), None))

    assert Destination("somewhere", publish).deliver("written").why == "written"


def test_what_a_publisher_raises_reaches_the_command():
    """An error is not kept back."""

    async def publish(_job: str) -> Delivered:
        raise RefusedError("no")

    with pytest.raises(RefusedError, match="no"):
        Destination("somewhere", publish).deliver("written")
