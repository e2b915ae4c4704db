"""Makes small pages, items and boards for tests, with defaults that say nothing special."""

from roadmap_sync.board import filters
from roadmap_sync.board.model import Board, Item, Placement, Unread
from roadmap_sync.board.question import AreaQuery, BoardAddress
from roadmap_sync.page.parse import parse
from roadmap_sync.rules import Area, Rules

ADDRESS = BoardAddress("https://github.com/orgs/acme/projects/3", "github.com", "acme", 3)
OPTIONS = ("Ideas", "Backlog", "Working on it", "Coming soon", "Shipped")


def issue(number=1, state="OPEN", status="", *, owner="acme", repo="rocket", on_board=None, archived=False, **more):
    """An issue; on the board where a status is given, or with an empty Status where `on_board` says so."""
    return _item("issue", "issues", number, state, status, owner, repo, on_board, archived, more)


def pull(number=1, state="OPEN", status="", *, owner="acme", repo="rocket", on_board=None, archived=False, **more):
    """A pull request into the default branch `main`."""
    more = {"base": "main", "default_branch": "main"} | more
    return _item("pull_request", "pull", number, state, status, owner, repo, on_board, archived, more)


def draft(item_id="PVTI_one", status="", **more):
    """A draft item of our board."""
    placement = Placement(item_id, status or None)
    fields = {"title": "A draft", "placement": placement} | more
    return Item(id=item_id, kind="draft", owner="", repo="", number=0, url="", state="", **fields)


def _item(kind, path, number, state, status, owner, repo, on_board, archived, more):
    is_there = bool(status) if on_board is None else on_board
    placement = Placement(f"PVTI_{number}", status or None, archived) if is_there else None
    url = f"https://github.com/{owner}/{repo}/{path}/{number}"
    fields = {"id": f"I_{owner}_{repo}_{number}", "title": f"Title {number}", "url": url, "placement": placement} | more
    return Item(kind=kind, owner=owner, repo=repo, number=number, state=state, **fields)


def board(*items, options=OPTIONS, extra=None, **more):
    """A board that answers for these items by their own names, and for `extra` by the keys given."""
    answers = {item.name.lower() if item.kind != "draft" else item.id: item for item in items}
    return Board(ADDRESS.url, "Rocket", True, "Status", options, answers | (extra or {}), **more)


def rules(**more):
    """The rules of a page of acme/rocket whose config says what is done."""
    defaults = {
        "path": "roadmap.md",
        "repository": "acme/rocket",
        "repository_written": True,
        "done": ("Coming soon", "Shipped"),
    }
    return Rules(**(defaults | more))


def page(text, *, above=None, **more):
    """A page of that text (or those bytes)."""
    data = text if isinstance(text, bytes) else text.encode()
    return parse(data, rules(**more), "github.com", above)


def link(number, kind="issues", owner="acme", repo="rocket", tail=""):
    """The URL of an issue or pull request."""
    return f"https://github.com/{owner}/{repo}/{kind}/{number}{tail}"


def unread(reason="it was not found"):
    """A reference that GitHub did not answer for."""
    return Unread(reason)


def area_of(heading="A", *, filter="", **more):  # noqa: A002 - the config's word
    """An area of the config whose filter is this text."""
    return Area(heading, filter=judged(filter), **more)


def area_query(text="", view=None, statuses=(), where=""):
    """What an area with this filter asks the board for."""
    return AreaQuery(judged(text, where), view, statuses, where)


def judged(text, where=""):
    """The filter that a text is; None for an empty one."""
    return filters.parse(text, where=where) if text else None
