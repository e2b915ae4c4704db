"""Owns how a text names an issue, a pull request or a draft; must not know Markdown, pages or boards.

Names are links to `/issues/N` and `/pull/N` on the board's host, `owner/repo#N`, and, only where asked for, `#N`
(docs/design.md, References). Owner and name rules follow GitHub's own
(https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls).
"""

import re
from dataclasses import dataclass

_OWNER = r"[A-Za-z0-9][A-Za-z0-9_-]*"
_REPO = r"[A-Za-z0-9._-]+"
_PATH = re.compile(rf"/({_OWNER})/({_REPO})/(?:issues|pull)/(\d+)(?=$|[/?#])(.*)", re.DOTALL)
_URL = re.compile(r"(?:https?:)?//([^/\s]+)(/.*)", re.DOTALL | re.IGNORECASE)
#: A URL in running text reaches to the next blank or `<` (GFM 6.9, extended autolinks).
_BARE_URL = re.compile(r"https?://[^\s<]+", re.IGNORECASE)
_CROSS = re.compile(rf"(?<![\w/.#@-])({_OWNER})/({_REPO})#(\d+)(?![\w-])")
_SHORT = re.compile(r"(?<![\w/&#{.-])#(\d+)(?![\w-])")
_DRAFT = re.compile(r"PVTI_[A-Za-z0-9_-]+")
_REPOSITORY = re.compile(rf"({_OWNER})/({_REPO})")

#: GraphQL's Int ends here; a larger number names no issue and must not spoil a document.
_LARGEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Reference:
    """How a page names one issue or pull request, or, by `draft`, one draft item of a board.

    `spelled` is the text as the page has it; `tail` what follows the number in a URL (`#issuecomment-1`,
    `/files`): dropped for identity, kept in the text.
    """

    owner: str
    repo: str
    number: int
    spelled: str
    tail: str = ""
    draft: str = ""

    @property
    def key(self) -> str:
        """Return what two spellings of one thing share: GitHub compares names without case."""
        return self.draft or f"{self.owner}/{self.repo}#{self.number}".lower()

    @property
    def name(self) -> str:
        """Return `owner/repo#N` as the page spells the names; a draft's item id."""
        return self.draft or f"{self.owner}/{self.repo}#{self.number}"

    @property
    def has_comment_tail(self) -> bool:
        """Whether the link goes to a comment of the discussion rather than to the item itself."""
        return "#" in self.tail


def _made(owner: str, repo: str, number: str, spelled: str, tail: str = "") -> Reference | None:
    value = int(number) if len(number) <= len(str(_LARGEST)) else 0
    if not 0 < value <= _LARGEST or repo in {".", ".."}:
        return None
    return Reference(owner, repo, value, spelled, tail)


def from_url(url: str, host: str) -> Reference | None:
    """Return the reference that a link's destination is, or None: another host, or no issue or pull request."""
    whole = _URL.fullmatch(url.strip())
    if whole is None or whole[1].lower().removeprefix("www.") != host.lower():
        return None
    path = _PATH.fullmatch(whole[2])
    if path and "/.." in path[4].partition("?")[0].partition("#")[0]:
        return None  # a browser goes somewhere else
    return _made(path[1], path[2], path[3], url, path[4]) if path else None


def find_in_text(text: str, host: str, repository: str = "") -> list[Reference]:
    """Return the references in running text, in order; `#N` counts only where a `repository` is given."""
    found: list[tuple[int, Reference | None]] = []

    def take_url(match: re.Match[str]) -> str:
        found.append((match.start(), from_url(_trimmed(match[0]), host)))
        return " " * len(match[0])  # what a URL holds is no further reference

    def take_cross(match: re.Match[str]) -> str:
        found.append((match.start(), _made(match[1], match[2], match[3], match[0])))
        return " " * len(match[0])

    rest = _CROSS.sub(take_cross, _BARE_URL.sub(take_url, text))
    if repository:
        owner, repo = repository.split("/", 1)
        found += [(m.start(), _made(owner, repo, m[1], m[0])) for m in _SHORT.finditer(rest)]
    return [reference for _, reference in sorted(found, key=lambda pair: pair[0]) if reference]


def _trimmed(url: str) -> str:
    """Cut what GFM does not take into an autolink: closing punctuation and unbalanced parentheses."""
    while True:
        bare = url.rstrip("?!.,:*_~'\";|]}")
        if bare.endswith(")") and bare.count(")") > bare.count("("):
            bare = bare[:-1]
        if bare == url:
            return url
        url = bare


def find_everywhere(text: str, host: str, repository: str = "") -> list[Reference]:
    """Return whatever a page's source may refer to, code and comments included: for asking what it once held."""
    url = re.compile(rf"https?://(?:www\.)?{re.escape(host)}/{_OWNER}/{_REPO}/(?:issues|pull)/\d+", re.IGNORECASE)
    drafts = (Reference("", "", 0, match[0], draft=match[0]) for match in _DRAFT.finditer(text))
    links = (reference for match in url.finditer(text) if (reference := from_url(match[0], host)))
    return [*links, *drafts, *find_in_text(text.replace("](", " "), host, repository)]


def from_name(name: str, repository: str = "") -> Reference | None:
    """Return what `owner/repo#N`, `PVTI_…` or, with a `repository`, `#N` names; None for any other text."""
    if _DRAFT.fullmatch(name):
        return Reference("", "", 0, name, draft=name)
    if match := _CROSS.fullmatch(name):
        return _made(match[1], match[2], match[3], name)
    if repository and (match := _SHORT.fullmatch(name)):
        owner, repo = repository.split("/", 1)
        return _made(owner, repo, match[1], name)
    return None


def is_short(name: str) -> bool:
    """Whether the text is `#N`, which needs a repository to mean anything."""
    return _SHORT.fullmatch(name) is not None


def is_repository(name: str) -> bool:
    """Whether the text is `owner/name`."""
    return _REPOSITORY.fullmatch(name) is not None
