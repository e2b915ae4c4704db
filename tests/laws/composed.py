"""Composes pages from fragments of our own: every shape of list, in every container, with every kind of line end.

All of it is drawn from one `random.Random`, which hypothesis either stands behind itself (it then makes a failing
page small) or seeds (its pages then differ more). `page` builds what a person would write; `jumble` throws lines
together as no person would, since a page that makes no sense must come back as well.
"""

from random import Random

from hypothesis import strategies as st

_URL = "https://github.com/acme/rocket"
#: `{n}` is one of few numbers, so that one reference often stands on several lines.
_REFERENCES = (
    f"[Nozzle {{n}}]({_URL}/issues/{{n}})",
    f"[Tank {{n}}]({_URL}/pull/{{n}})",
    f"[Valve]({_URL}/issues/{{n}}#issuecomment-77)",
    f"[Seat]({_URL}/pull/{{n}}/files?w=1 'a title')",
    f"{_URL}/issues/{{n}}",
    f"<{_URL}/pull/{{n}}>",
    "acme/rocket#{n}",
    "Acme/Rocket#{n}",
    "other/pad#{n}",
    "([#{n}][ref])",
    "#{n}",
    f'[Door]({_URL}/issues/{{n}}){{{{target="_blank"}}}}',
    f'<a href="{_URL}/issues/{{n}}">hatch</a>',
    f"[![badge](x.svg)]({_URL}/issues/{{n}})",
    "[ref]",
    "[ref][]",
)
_WORDS = (
    "Quiet nozzle",
    "**Bold** plan",
    "ends in blanks  ",
    "form\x0cfeed",
    "line\u2028separator and \x85",
    "日本語の項目",
    "emoji 🚀 here",
    "a\tb",
    "~one~ tilde",
    "x < y & z",
    "{{{{ liquid }}}} {{% raw %}}",
    "[x] again",
    "nul\0byte",
    "\u200bzero width",
    f"`{_URL}/issues/1`",
    f"<!-- {_URL}/issues/2 -->",
    "[talk](https://github.com/acme/rocket/discussions/3)",
    "[elsewhere](https://gitlab.com/acme/rocket/issues/4)",
    "acme/rocket#0",
    "\\#5",
    "@sam, 2031-04",
    ":runner: 40 %",
)
_STRUCK = f"~~[Fax {{n}}]({_URL}/issues/{{n}})~~ (not now)"
#: What stands behind the first line of one item in four.
_TAILS = (
    " <!-- roadmap-sync: known -->",
    " <!-- roadmap-sync: ignore -->",
    " <!-- roadmap-sync: acme/rocket#3 -->",
    "<!-- roadmap-sync: PVTI_one --> ",
    " <!-- a remark -->",
    " {{/* roadmap-sync: other/pad#2 */}}",
)
_OPEN = ("[ ] ", "[ ] ", "[ ] ", "[ ]  ", "[ ]\t")
_BOXES = (*_OPEN, *_OPEN, "[x] ", "[X] ", "[x] ", "[~] ", "[] ", "", "[-] ", "[:sparkles:] ", "[x](y) ")

_BULLETS = (("-",), ("-",), ("*",), ("+",), ("1.", "2.", "3."), ("1.",), ("1)", "2)"), ("-", "*"), ("0.",))
_STEPS = ("  ", "  ", "   ", "    ", "    ", "\t", " ", "      ")
_GAPS = (" ", " ", " ", " ", "  ", "   ", "\t", "      ")

_PROSE = (
    ["# Roadmap"],
    ["## Key areas {#areas}"],
    ["### Engines [#1](x) ###"],
    ["Setext", "======"],
    ["Setext too", "---"],
    ["**Major updates**"],
    ["---"],
    ["<!-- a comment", "- [ ] acme/rocket#1", "-->"],
    ["```mermaid", "graph TD", "- [ ] acme/rocket#1 --> b", "```"],
    ["````", "```", "- [ ] acme/rocket#2", "````"],
    ["~~~", "- [ ] acme/rocket#2", "~~~"],
    ["    - [ ] acme/rocket#3 in code"],
    ["| a | b |", "|---|---|", "| [ ] acme/rocket#1 | [x] |"],
    ["<table><tr><td>", "- [ ] acme/rocket#1", "</td></tr></table>"],
    ["<div>", "- [ ] acme/rocket#4", "</div>"],
    ["[x]: https://example.com/x"],
    ["[later]: <https://example.com>", "  'a title'"],
    ["{: .attribute-list }"],
    ["::: note"],
    ["!!! note"],
    ["=== tab"],
    ["???"],
    ["> [!NOTE]", "> words"],
    ["", "", ""],
)
_FRONT = ([], [], [], ["---", "title: a", "- [ ] x", "---"], ["+++", "a = 1", "+++"])
_ENDS = ("\n", "\n", "\n", "\r\n", "\r", "mixed")


def _text(by: Random) -> str:
    """The words of an item or paragraph, mostly with one reference, sometimes with several or none."""
    if by.random() < 0.05:
        return _STRUCK.format(n=by.randint(1, 6))
    parts = by.choices((_REFERENCES, _WORDS), (3, 2), k=by.choice((1, 1, 2, 2, 3)))
    return " ".join(by.choice(part).format(n=by.randint(1, 6)) for part in parts)


def _item(by: Random, bullets: tuple[str, ...], step: str, gap: str, depth: int) -> list[str]:
    """One item with what hangs on it: wrapped lines, paragraphs, code, a quote, an admonition, sub-items."""
    indent = step * depth
    inside = indent + step
    tail = by.choice(_TAILS).format() if by.random() < 0.25 else ""
    lines = [f"{indent}{by.choice(bullets)}{gap}{by.choice(_BOXES)}{_text(by)}{tail}"]
    hanging = (
        [f"{inside}{_text(by)}"],
        [_text(by)],
        ["", f"{inside}A paragraph, {_text(by)}", ""],
        [f"{inside}```", f"{inside}- [ ] sample", f"{inside}```"],
        ["", f"{inside}!!! note", "", f"{inside}    - [ ] {_text(by)}", ""],
        [f"{inside}!!! note", f"{inside}    - [ ] {_text(by)}"],
        [f"{inside}> - [ ] {_text(by)}"],
        [f"{inside}<details><summary>How</summary>", "", f"{inside}- [x] {_text(by)}", "", f"{inside}</details>"],
    )
    if by.random() < 0.4:
        lines += by.choice(hanging)
    while depth < 3 and by.random() < 0.25:
        lines += _item(by, bullets, step, gap, depth + 1)
    return lines


def _list(by: Random) -> list[str]:
    bullets, step, gap = by.choice(_BULLETS), by.choice(_STEPS), by.choice(_GAPS)
    lead, between = by.choice(("", "", "", " ", "  ")), by.choice(([], [], [""]))
    items = [_item(by, bullets, step, gap, 0) for _ in range(by.randint(1, 5))]
    return [lead + line if line else line for item in items for line in (*item, *between)]


def _contained(by: Random, lines: list[str]) -> list[str]:
    """Put lines into a container, or leave them."""
    indented = [f"    {line}" if line else line for line in lines]
    containers = (
        [f"> {line}" for line in lines],
        [f">{line}" if line else ">" for line in lines],
        ['!!! note "Before the release"', "", *indented],
        ["!!! tip", *indented],
        ["??? info", "", *indented],
        ['=== "June"', "", *indented, "", '=== "July"', "", "    text"],
        ["<details>", "<summary>More</summary>", "", *lines, "", "</details>"],
        ["<details>", *lines, "</details>"],
        ["```", *lines, "```"],
    )
    return by.choice(containers) if by.random() < 0.35 else lines


def _finished(by: Random, lines: list[str]) -> bytes:
    """Give a page its line ends (one kind, or mixed), a byte order mark or none, a last line end or none."""
    kind = by.choice(_ENDS)
    text = "".join(line + (by.choice(("\n", "\r\n", "\r")) if kind == "mixed" else kind) for line in lines)
    if by.random() < 0.3:
        text = text.rstrip("\r\n")
    return (b"\xef\xbb\xbf" if by.random() < 0.2 else b"") + text.encode()


def page(by: Random) -> bytes:
    """A page as a person might have written it."""
    lines = list(by.choice(_FRONT))
    for _ in range(by.randint(1, 5)):
        kind = by.random()
        if kind < 0.07:
            lines += ["", "<!-- roadmap-sync: ignore -->", "", "- [ ] acme/rocket#1", "", "Prose between.", ""]
        elif kind < 0.65:
            lines += _contained(by, _list(by))
        else:
            lines += _contained(by, by.choice((*_PROSE, [f"Prose, {_text(by)}"])))
        lines += by.choice(([""], [""], [], ["", ""]))
    return _finished(by, [*lines, "", f"[ref]: {_URL}/issues/2 'tracker'"])


def jumble(by: Random) -> bytes:
    """A page of lines in no order."""
    lines = []
    for _ in range(by.randint(1, 12)):
        lead = "".join(by.choices((" ", "  ", "\t", ">", ""), k=by.randint(0, 4)))
        noise = "".join(by.choices("-*+>[]( )x#~`!=?:|\\\"'<&\t1.", k=by.randint(0, 12)))
        item = f"{lead}{by.choice(('-', '*', '1.', '2)', ''))} {by.choice(_BOXES)}{_text(by)}"
        lines.append(by.choice((item, item, lead + noise, by.choice(_PROSE)[0], "")))
    return _finished(by, lines)


def rules() -> st.SearchStrategy[dict[str, object]]:
    """What a config may say of a page, in both dialects, with every kind of change allowed or not."""
    return st.fixed_dictionaries(
        {
            "path": st.sampled_from(["roadmap.md", "docs/a page.md", "docs/página.md", "roadmap.mdx"]),
            "dialect": st.sampled_from(["github", "mkdocs", "auto"]),
            "repository": st.just("acme/rocket"),
            "repository_written": st.just(value=True),
            "short_references": st.booleans(),
            "done": st.sampled_from([("Coming soon", "Shipped"), None, ()]),
            "untick": st.booleans(),
            "dropped": st.sampled_from(["note", "strike"]),
            "allow_private": st.booleans(),
            "sections": st.sampled_from([(), (), (), ("Roadmap",)]),
        }
    )
