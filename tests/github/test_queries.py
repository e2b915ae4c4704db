"""Tests of the documents that stand in `queries/`: they are found, they are valid, and they are written out."""

import re

import pytest
from graphql import parse, validate

from roadmap_sync.github.queries import document, queries
from tests.standin import read_schema
from tests.support.runner import ROOT

#: Documents in which lines stand once for each of several things: how many there are of each.
COUNTS = {
    "scene": {"page": 3},
    "files": {"page": 2},
    "labels": {"label": 2},
    "reviewers": {"user": 1, "team": 2},
}
WHOLE = sorted(
    path.stem for folder in ("repository", "setup", "read") for path in (ROOT / "queries" / folder).glob("*.graphql")
)


def test_queries_come_with_the_program():
    """Every document and fragment is found by its name."""
    assert all("query" in queries().whole(name) or "mutation" in queries().whole(name) for name in WHOLE)
    assert "fragment Board on" in queries().closed("...Board")


@pytest.mark.parametrize("name", WHOLE)
def test_every_document_is_valid(name):
    """GitHub's schema takes every document that stands in a file, as it stands and written out."""
    written_out = document(name, **COUNTS.get(name, {}))

    assert validate(read_schema(), parse(queries().whole(name))) == []
    assert validate(read_schema(), parse(written_out)) == []


def test_a_numbered_line_stands_once_for_each():
    """Variables and aliases are numbered from 0, in fragments too; a line of which there are none is left out."""
    many = document("scene", page=3)
    reviewers = document("reviewers", user=0, team=2)

    assert re.findall(r"\$page\d", many) == ["$page0", "$page1", "$page2", "$page0", "$page1", "$page2"]
    assert re.findall(r"\bpage\d: file", many) == ["page0: file", "page1: file", "page2: file"]
    assert "user" not in reviewers.replace("$user", "user").split("{")[0]
    assert "  team1: organization(login: $team1) { team(slug: $team1Slug) { id } }\n" in reviewers


def test_a_document_without_numbered_lines_is_left_as_it_is():
    """Nothing is written out where nothing is counted, and `first: 100` is no numbered line."""
    assert document("pull_request") == queries().whole("pull_request")
