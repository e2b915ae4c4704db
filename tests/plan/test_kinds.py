"""The table of kinds: each row is complete, and each finder is asked once."""

from dataclasses import fields

import pytest

from roadmap_sync.plan.change import Context, Findings
from roadmap_sync.plan.kinds import FINDERS, KINDS, ChangeKind, kind_of
from tests.support.makers import board, page


@pytest.mark.parametrize("field", ["name", "output", "noun"])
def test_what_tells_kinds_apart(field):
    """No two kinds share a name, an output or a noun."""
    values = [getattr(kind, field) for kind in KINDS]
    assert len(set(values)) == len(values)


def test_a_kind_by_its_name():
    """A kind is found by its name; a name that no row has is an error, not a kind that nobody counts."""
    assert [kind_of(kind.name) for kind in KINDS] == [*KINDS]
    with pytest.raises(KeyError):
        kind_of("tock")


def test_each_finder_is_asked_once():
    """Kinds that share a finder ask it once, and one finder's answer serves the others."""
    asked = []

    def find(context):
        asked.append(context)
        return Findings()

    context = Context(page("- [ ] a\n"), board())
    assert context.found(find) is context.found(find)
    assert asked == [context]
    assert len(set(FINDERS)) == len(FINDERS)
    assert {kind.find for kind in KINDS} < set(FINDERS)


@pytest.mark.parametrize("name", [field.name for field in fields(ChangeKind)])
def test_no_field_has_a_default(name):
    """A row that lacks any one field cannot be made, nor does it type-check."""
    given = {field.name: getattr(KINDS[0], field.name) for field in fields(ChangeKind) if field.name != name}
    with pytest.raises(TypeError, match=name):
        ChangeKind(**given)
