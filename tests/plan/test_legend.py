"""Tests how a page's status definitions are held against the board's options."""

import pytest

from roadmap_sync.plan.change import Context
from roadmap_sync.plan.legend import find
from tests.support.makers import board, page

FLOW = '<center>\n```mermaid\ngraph LR\n    Ideas --> Backlog --> Work["Working on it"] --> C["Coming soon"] --> Shipped\n```\n</center>\n\n'
BULLETS = "* **Ideas**. x\n* **Backlog**. y\n    * **Nested**. z\n* __Working on it__ y\n* `Coming soon`: x\n* Shipped - done\n* no more\n"


def notes(text, heading="Legend", options=None):
    """The lines and messages of the notes."""
    one = page(text, legend_heading=heading)
    world = board(**({"options": options} if options else {}))
    return [(note.line, note.message) for note in find(Context(one, world)).notes]


def test_in_step():
    """Where page and board say the same, nothing is said."""
    assert notes(f"# Legend\n\n{FLOW}{BULLETS}\n# B\n\n* **Other**. x\n") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            f"# Legend\n\n{BULLETS.replace('**Backlog**. y', '**Later**. y')}",
            [
                (1, 'the board\'s option "Backlog" is not defined here'),
                (4, '"later" is defined here and is no option of the board'),
            ],
            id="renamed",
        ),
        pytest.param(
            f"# Legend\n\n{FLOW.replace('Backlog --> ', '')}{BULLETS}",
            [(1, 'the board\'s option "Backlog" is missing from the flow')],
            id="flow",
        ),
        pytest.param(
            "# Legend\n\n~~~mermaid\nIdeas Backlog Working on it Shipped\n",
            [
                (1, "no status is defined here: a definition is a bullet that begins with the status"),
                (1, 'the board\'s option "Coming soon" is missing from the flow'),
            ],
            id="no-definition",
        ),
        pytest.param("# Other\n", [], id="no-heading"),
    ],
)
def test_out_of_step(text, expected):
    """Each difference is one note at its line."""
    assert notes(text) == expected


def test_sixth_option():
    """A new option of the board is noted, whatever emoji it carries."""
    options = ("💡 Ideas", "Backlog", "Working on it", "Coming soon", "Shipped", "On hold")

    assert notes(f"# Legend\n\n{BULLETS}", options=options) == [
        (1, 'the board\'s option "On hold" is not defined here')
    ]


def test_without_config():
    """Without a heading in the config nothing is looked for."""
    assert notes(f"# Legend\n\n{BULLETS}", heading="") == []
