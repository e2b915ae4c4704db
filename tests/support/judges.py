"""Shows pages as GitHub and as a MkDocs site do, by renderers that share no code with ours; for tests only.

cmark-gfm is GitHub's own library, Python-Markdown with pymdown-extensions what Material for MkDocs runs. Neither
tells positions, so a token with its line's number is put after the first box of every line: where a rendered
checkbox stands before that token, that line is a task item, ticked or not.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import cmarkgfm
import markdown
from cmarkgfm.cmark import Options

_CANDIDATE = re.compile(r"(\[[ xX]\])(?=[ \t\v\f]|$)")
_TOKEN = r"Qbox(\d+)Q"
_GITHUB_BOX = re.compile(rf'<input type="checkbox"( checked="")? disabled="" />\s*(?:<p>)?\s*{_TOKEN}')
_MKDOCS_BOX = re.compile(
    rf'<input type="checkbox" disabled( checked)?/><span class="task-list-indicator"></span></label>\s*{_TOKEN}'
)
_STATE = re.compile(r'(?<=<input type="checkbox") checked=""| checked(?=/><span class="task-list-indicator">)')
_TEXT_STATE = re.compile(rf"\[[ xX]\](?=\s*{_TOKEN})")
_FENCES = {"---": ("---", "..."), "+++": ("+++",)}


@dataclass(frozen=True)
class Shown:
    """What a reader sees: each task item's line with whether it is ticked, and the HTML without any box's state."""

    boxes: dict[int, bool]
    rest: str


def on_github(data: bytes) -> Shown:
    """Show a page as GitHub's library does; it knows no front matter, which GitHub shows as a table of its own."""
    return _shown(data, _GITHUB_BOX, cmark)


def on_mkdocs(data: bytes) -> Shown:
    """Show a page as Python-Markdown does with the extensions that Material for MkDocs tells its users to set."""
    return _shown(data, _MKDOCS_BOX, python_markdown)


def _shown(data: bytes, box: re.Pattern[str], render: Callable[[str], str]) -> Shown:
    html = render(_marked(data))
    boxes = {int(match[2]): match[1] is not None for match in box.finditer(html)}
    return Shown(boxes, _TEXT_STATE.sub("[ ]", _STATE.sub("", html)))


def _marked(data: bytes) -> str:
    """Put a token after the first box of each line; front matter is taken away, its lines stay."""
    lines = re.split(r"\r\n|\n|\r", data.decode("utf-8-sig"))
    ends = _FENCES.get(lines[0].rstrip(), ())
    close = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() in ends), -1)
    lines[: close + 1] = [""] * (close + 1)
    return "\n".join(_CANDIDATE.sub(rf"\1 Qbox{n}Q", line, count=1) for n, line in enumerate(lines, 1))


def cmark(text: str) -> str:
    """Return the HTML that GitHub shows for a text."""
    extensions = ["table", "strikethrough", "autolink", "tasklist"]
    return str(cmarkgfm.markdown_to_html_with_extensions(text, options=Options.CMARK_OPT_UNSAFE, extensions=extensions))


@cache
def _site() -> markdown.Markdown:
    """Return the renderer of a site, made once: to make it takes longer than to render a page."""
    return markdown.Markdown(
        extensions=[
            "abbr",
            "admonition",
            "attr_list",
            "def_list",
            "footnotes",
            "md_in_html",
            "tables",
            "toc",
            "pymdownx.details",
            "pymdownx.superfences",
            "pymdownx.tabbed",
            "pymdownx.tasklist",
        ],
        extension_configs={
            "pymdownx.superfences": {"disable_indented_code_blocks": False},
            "pymdownx.tabbed": {"alternate_style": True},
            "pymdownx.tasklist": {"custom_checkbox": True},
        },
    )


def python_markdown(text: str) -> str:
    """Return the HTML that a site shows for a text."""
    return str(_site().reset().convert(text))
