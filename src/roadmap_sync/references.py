"""Owns how a text names an issue, a pull request or a draft; must not know Markdown, pages or boards.

Names are links to `/issues/N` and `/pull/N` on the board's host, `owner/repo#N`, and, only where asked for, `#N`
(docs/design.md, References). Owner and name rules follow GitHub's own
(https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls).
"""

import re
from dataclasses import dataclass, replace
from urllib.parse import unquote, urljoin

_OWNER = r"[A-Za-z0-9][A-Za-z0-9_-]*"
_REPO = r"[A-Za-z0-9._-]+"
#: GitHub's numbers are ASCII digits without a leading zero: `#012` and full-width digits are no links there.
_NUMBER = r"[1-9][0-9]*"
#: What may not stand behind a number: `#5.1`, `#1f0` and `#12-b` name something else; `#12-#14` and `#12和#14` are read
#: as far as their first number, so that the line is seen to name more.
_END = r"(?!(?!和[#\d])\w|-(?!#\d)|\.\d)"
_PATH = re.compile(rf"/({_OWNER})/({_REPO})/(?:issues|pull)/({_NUMBER})(?=$|[/?#])(.*)", re.DOTALL)
_URL = re.compile(r"(?:https?:)?//([^/\s]+)(/.*)", re.DOTALL | re.IGNORECASE)
#: A URL in running text reaches to the next blank or `<` (GFM 6.9, extended autolinks).
_BARE_URL = re.compile(r"https?://[^\s<]+", re.IGNORECASE)
_CROSS = re.compile(rf"(?<![\w/.#@-])({_OWNER})/({_REPO})#({_NUMBER}){_END}")
_SHORT = re.compile(rf"(?<![\w/&#{{.-])#({_NUMBER}){_END}")
_DRAFT = re.compile(r"PVTI_[A-Za-z0-9_-]+")
_REPOSITORY = re.compile(rf"({_OWNER})/({_REPO})")

_RELATIVE_ISSUE = re.compile(rf"(?<![\w/])(?:\.\./)+(?:issues|pull)/{_NUMBER}(?![\w-])")
#: The query of GitHub's own side panel, `?issue=owner%7Crepo%7C13`, or a number alone.
_ASKED_ISSUE = re.compile(rf"(?:^|[?&])issue=(?:({_OWNER})\|({_REPO})\|)?([0-9]+)(?=$|[&#])", re.IGNORECASE)
#: A second number at the end of a URL, as in `…/issues/12/13` or `…/issues/12/#13`.
_SECOND_NUMBER = re.compile(r"[/#]+[0-9]+(?=$|[/?#])")
#: How a text ends that names an issue by its number: `#13`, `o/r#13`, `issue 13`, `PR #13`, `GH-13`, `…/pull/13`.
_LAST_NUMBER = re.compile(
    rf"(?:#|\b(?:issues?|prs?|pulls?|pull[ -]requests?)[\s:/-]*#?|\bgh-)({_NUMBER})\Z", re.IGNORECASE
)
#: What a URL in running text does not end with.
_NOT_LAST = frozenset("?!.,:*_~'\";|]}")
_CLOSING_SIGNS = " \t\n.,:;!?)]}>*_~'\"`"

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


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a text stands, which decides what its relative links and short references mean.

    `host` is the board's. `repository` is `owner/name` as the config writes it, empty where it does not: then relative
    links and `#N` name nothing. `path` is the page's in that repository. `has_short` says that `#N` counts, `is_wiki`
    that the repository is a wiki's, whose pages GitHub shows in one folder.
    """

    host: str
    repository: str = ""
    path: str = ""
    has_short: bool = False
    is_wiki: bool = False

    @property
    def short(self) -> str:
        """Return the repository that `#N` belongs to; empty where `#N` is no reference."""
        return self.repository if self.has_short else ""

    def address(self, repository: str) -> str:
        """Return the page's own address on GitHub, from which relative links lead on."""
        base = f"https://{self.host}/{repository.removesuffix('.wiki')}"
        if self.is_wiki or repository.endswith(".wiki"):
            return f"{base}/wiki/{self.path.rpartition('/')[2]}"
        return f"{base}/blob/HEAD/{self.path}"


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


def from_link(url: str, origin: Origin) -> Reference | None:
    """Return the reference that a link leads to, a relative one from the page's own address; None for any other.

    GitHub resolves a relative link from where the file is shown
    (https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-readmes#relative-links-and-image-paths-in-markdown-files).
    """
    if not _is_relative(url):
        return from_url(url, origin.host)
    return _resolved(url, origin, origin.repository) if origin.repository else None


def is_unresolved(url: str, origin: Origin) -> bool:
    """Whether a relative link may lead to an issue, and nothing says of which repository."""
    return not origin.repository and _is_relative(url) and _resolved(url, origin, "owner/name") is not None


def _is_relative(url: str) -> bool:
    return url.strip().startswith(("./", "../"))


def _resolved(url: str, origin: Origin, repository: str) -> Reference | None:
    found = from_url(urljoin(origin.address(repository), url.strip()), origin.host)
    return replace(found, spelled=url) if found else None


def doubt_of(reference: Reference) -> str:
    """Return what else a reference's own URL names: another issue in its query or behind it; empty where nothing."""
    if match := _ASKED_ISSUE.search(unquote(reference.tail)):
        owner, repo, number = match.groups()
        is_same = int(number) == reference.number and (not owner or f"{owner}/{repo}#{number}".lower() == reference.key)
        return "" if is_same else f"the URL's query names {f'{owner}/{repo}' if owner else ''}#{number}"
    if match := _SECOND_NUMBER.match(reference.tail):
        return f"a second number stands behind it: {match[0]}"
    return ""


def number_at_end(text: str) -> int | None:
    """Return the number of the issue that a text names with its last word; None where it ends otherwise."""
    match = _LAST_NUMBER.search(text.rstrip(_CLOSING_SIGNS))
    return int(match[1]) if match and len(match[1]) <= len(str(_LARGEST)) else None


def places_in_text(text: str, host: str, repository: str = "") -> list[tuple[int, int, Reference]]:
    """Return the references in running text with where each begins and ends, in order.

    `#N` counts only where a `repository` is given.
    """
    found: list[tuple[int, int, Reference | None]] = []

    def take_url(match: re.Match[str]) -> str:
        url = _trimmed(match[0])
        found.append((match.start(), match.start() + len(url), from_url(url, host)))
        return " " * len(match[0])  # what a URL holds is no further reference

    def take_cross(match: re.Match[str]) -> str:
        found.append((match.start(), match.end(), _made(match[1], match[2], match[3], match[0])))
        return " " * len(match[0])

    rest = _CROSS.sub(take_cross, _BARE_URL.sub(take_url, text))
    if repository:
        owner, repo = repository.split("/", 1)
        found += [(m.start(), m.end(), _made(owner, repo, m[1], m[0])) for m in _SHORT.finditer(rest)]
    return sorted(((start, end, one) for start, end, one in found if one), key=lambda place: place[0])


def _trimmed(url: str) -> str:
    """Cut what GFM does not take into an autolink: closing punctuation and unbalanced parentheses."""
    unbalanced = url.count(")") - url.count("(")
    end = len(url)
    while end and (url[end - 1] in _NOT_LAST or (url[end - 1] == ")" and unbalanced > 0)):
        unbalanced -= url[end - 1] == ")"
        end -= 1
    return url[:end]


def find_everywhere(text: str, origin: Origin) -> list[Reference]:
    """Return whatever a page's source may refer to, code and comments included: for asking what it once held."""
    host = re.escape(origin.host)
    url = re.compile(rf"https?://(?:www\.)?{host}/{_OWNER}/{_REPO}/(?:issues|pull)/{_NUMBER}", re.IGNORECASE)
    drafts = (Reference("", "", 0, match[0], draft=match[0]) for match in _DRAFT.finditer(text))
    addresses = (match[0] for pattern in (url, _RELATIVE_ISSUE) for match in pattern.finditer(text))
    links = (reference for address in addresses if (reference := from_link(address, origin)))
    named = places_in_text(text.replace("](", " "), origin.host, origin.short)
    return [*links, *drafts, *(reference for _, _, reference in named)]


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
