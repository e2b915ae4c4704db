"""Owns the table of dialects: in which ways the program that renders a page reads its Markdown apart from the others.

All of them read CommonMark with GFM's tables and strikethrough. A new dialect is one row; one that reads something
which no row does yet needs a field here and a reader in markdown.py or parse.py. Must not know pages or files.
"""

import re
from dataclasses import dataclass

from roadmap_sync.rules import AUTO_DIALECT


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One dialect. No field has a default: whoever adds a dialect answers every question.

    `name` stands in the config. `sites` are the files that announce it from a folder above the page.
    `container` matches the header line of what an indented body belongs to (an admonition, a tab), None without such;
    a line without one of `container_marks` is no header. `indent` is by how many columns such a body and a nested list
    are indented; 0: a nested list as far as the words of the item above it.
    `shows_all_lists` is false where a list right under a paragraph, or one numbered `1)`, is shown as text.
    `shows_code_boxes` is true where a box is shown that CommonMark takes for indented code.
    `first_label_counts` tells which of several definitions of a link's label holds: the first, or else the last.
    `strikes` is false where `~~` strikes only if the page's owner has switched that on.
    """

    name: str
    sites: tuple[str, ...]
    container: re.Pattern[str] | None
    container_marks: tuple[str, ...]
    indent: int
    shows_all_lists: bool
    shows_code_boxes: bool
    strikes: bool
    first_label_counts: bool


#: https://github.github.com/gfm/
GITHUB = Dialect(
    name="github",
    sites=(),
    container=None,
    container_marks=(),
    indent=0,
    shows_all_lists=True,
    shows_code_boxes=False,
    strikes=True,
    first_label_counts=True,  # https://spec.commonmark.org/0.31.2/#example-204
)

#: Python-Markdown with admonitions, details and content tabs
#: (https://python-markdown.github.io/extensions/admonition/, https://facelessuser.github.io/pymdown-extensions/).
MKDOCS = Dialect(
    name="mkdocs",
    sites=("mkdocs.yml", "mkdocs.yaml", "zensical.toml"),
    container=re.compile(
        r'!!! ?[\w-]+(?: +[\w-]+)*(?: +".*")? *'
        r'|\?\?\?\+? ?(?:[\w-]+(?: +[\w-]+)*)?(?: +".*")? *'
        r'|===[+!]{0,2} +".*" *'
    ),
    container_marks=("!!!", "???", "==="),
    indent=4,
    shows_all_lists=False,
    shows_code_boxes=True,
    strikes=False,
    first_label_counts=False,  # its table of references is written over
)

#: The first is the one of a page that nothing tells apart.
DIALECTS = (GITHUB, MKDOCS)


def dialect_of(name: str) -> Dialect | None:
    """Return the dialect of that name; None for `auto`. Raises KeyError for any other name."""
    return None if name == AUTO_DIALECT else {one.name: one for one in DIALECTS}[name]
