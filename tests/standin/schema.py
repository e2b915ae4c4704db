"""Owns the schema that the stand-in answers by; must not know worlds or resolvers.

`schema.graphql` is made by scripts/make_schema_subset.py. Loaded once a process.
"""

from functools import cache
from pathlib import Path

from graphql import GraphQLSchema, build_schema

SDL = Path(__file__).with_name("schema.graphql")
#: What GitHub Enterprise Server before 3.20 lacks (github.com/cli/cli/issues/12696), and fields of an issue that are
#: younger than 3.17.
_NEWER_ARGUMENTS = ', query: String = "", archivedStates: [ProjectV2ItemArchivedState!]'
_NEWER_FIELDS = ("  duplicateOf: Issue\n", "  issueType: IssueType\n")


@cache
def read_schema() -> GraphQLSchema:
    """Return the schema of github.com, plain: for validating documents."""
    return build_schema(SDL.read_text())


@cache
def old_host_schema() -> GraphQLSchema:
    """Return the schema of a host without `items(query:)`, `items(archivedStates:)` and types of issues."""
    return build_schema(old_host_sdl())


def old_host_sdl() -> str:
    """Return the text of the old host's schema."""
    text = SDL.read_text()
    assert text.count(_NEWER_ARGUMENTS) == 1, "schema.graphql spells ProjectV2.items otherwise"
    for newer in (_NEWER_ARGUMENTS, *_NEWER_FIELDS):
        text = text.replace(newer, "")
    return text
