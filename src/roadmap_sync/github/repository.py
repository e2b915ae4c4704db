"""Owns reading a repository: our pages on its base and on our branch, and the pull requests between the two.

GraphQL alone: no checkout, no git. Must not know what is to be done next (pull_request/steps.py), how GitHub's JSON
is checked (repository_answers.py) or what is written (repository_writer.py).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from roadmap_sync.board.model import Board
from roadmap_sync.errors import GitHubError, InputError, RefusedError, RoadmapSyncError
from roadmap_sync.github import queries, repository_answers
from roadmap_sync.github.client import GitHub
from roadmap_sync.github.repository_answers import CommittedFile, Comparison, Ref, RepositoryState, checked
from roadmap_sync.github.repository_writer import Home, MovedError, RepositoryWriter
from roadmap_sync.page.history import History, history_of
from roadmap_sync.page.model import Page
from roadmap_sync.plan import additions
from roadmap_sync.pull_request.memory import Trailer
from roadmap_sync.pull_request.scene import Branch, Pull, Scene, Tip
from roadmap_sync.reading.answers import Answer

#: A page with more than so many times fifty versions counts as one whose past is not known.
_MOST_HISTORY_PAGES = 20
#: A branch with more than so many times a hundred commits counts as one that people have worked on.
_MOST_COMMIT_PAGES = 20


@dataclass(frozen=True, slots=True)
class Target:
    """A page of the config.

    `path` is the config's, `place` the one from the repository's top. `locate` parses bytes; it raises InputError for
    bytes that are no page of ours.
    """

    path: str
    place: str
    locate: Callable[[bytes], Page]


#: Why a page's history cannot be read to its first version.
_GAP = "GitHub does not give them all (add by hand)"


class RemoteRepository:
    """One repository, its base and our branch in it, through one client."""

    def __init__(self, client: GitHub, full_name: str, branch: str, targets: Sequence[Target]) -> None:
        self._client = client
        self._full_name = full_name
        self._targets = targets
        self._base = ""
        self._home: Home | None = None
        self._histories: dict[tuple[str, str], History] = {}
        self.branch = branch

    @property
    def home(self) -> Home:
        """Return how GitHub names the repository and its base. Raises LookupError before anything was read."""
        if self._home is None:
            raise LookupError("nothing was read yet")
        return self._home

    @property
    def writer(self) -> RepositoryWriter:
        """Return what writes to it. Raises LookupError before anything was read."""
        return RepositoryWriter(self._client, self.home, self.branch, tuple(one.place for one in self._targets))

    @property
    def writes(self) -> int:
        """Return how many mutations were sent."""
        return self._client.mutations

    @property
    def paths(self) -> tuple[str, ...]:
        """Return the pages' paths, as the config names them."""
        return tuple(target.path for target in self._targets)

    async def scene(self) -> Scene:
        """Read base, branch and pull requests.

        Raises MovedError where the branch moved while it was read, and GitHubError where the repository is not there.
        """
        answer, state = await self._ask_state()
        now = next((pull for pull in state.pulls if pull.state == "OPEN"), None)
        if now is not None and now.base != self.home.base:
            # A person pointed the open pull request at another branch: that is the base from now on.
            self._base = now.base
            answer, state = await self._ask_state()
        if self.home.base == self.branch:
            raise InputError(
                f"the pull request's branch is the base itself: {self.branch}",
                hint="Set another `branch` under [pull_request], or use --to branch.",
            )
        base, pulls, branch = self._tip(answer, *self._base_ref(state)), state.pulls, None
        if state.branch:
            tip = self._tip(answer, "branch", state.branch)
            branch, said = await self._read_branch(state.branch.id, tip, base.oid, pulls)
            pulls = tuple(replace(pull, said=said) if pull.state == "OPEN" else pull for pull in pulls)
        return Scene(self.paths, base, branch, pulls)

    async def base_tip(self) -> Tip:
        """Read the repository's own base alone, wherever a pull request may point."""
        answer, state = await self._ask_state()
        return self._tip(answer, *self._base_ref(state))

    async def _ask_state(self) -> tuple[Answer, RepositoryState]:
        variables = {
            **queries.place(self._full_name),
            "base": f"refs/heads/{self._base}",
            "isBaseNamed": bool(self._base),
            "branch": f"refs/heads/{self.branch}",
            "head": self.branch,
            **{f"page{number}": target.place for number, target in enumerate(self._targets)},
        }
        answer = await self._client.send(queries.document("scene", page=len(self._targets)), variables)
        if not isinstance(answer.at(("repository",)), dict):
            raise _not_found(self._full_name, answer)
        if answer.faults:
            raise GitHubError(f"the repository could not be read: {answer.faults[0].message}", where=self._full_name)
        asked = "the repository's branches and pull requests"
        state = checked(RepositoryState, answer, ("repository",), asked, self._full_name)
        _, base = self._base_ref(state)
        self._home = Home(state.id, state.name_with_owner, state.url, base.name)
        return answer, state

    def _base_ref(self, state: RepositoryState) -> tuple[str, Ref]:
        """Return the base, and where an answer holds it."""
        if state.base:
            return "base", state.base
        if state.default_branch_ref:
            return "defaultBranchRef", state.default_branch_ref
        raise InputError("the repository has no branch to propose to", where=self._full_name)

    def _tip(self, answer: Answer, name: str, ref: Ref) -> Tip:
        path = ("repository", name, "target")
        found = repository_answers.files(answer, path, self.paths, self._full_name)
        pages = (_page(target, file, ref.name) for target, file in zip(self._targets, found, strict=True))
        return Tip(ref.target.oid, tuple(pages))

    async def _read_branch(
        self, ref_id: str, tip: Tip, base: str, pulls: Sequence[Pull]
    ) -> tuple[Branch, frozenset[str]]:
        """Read what our branch has that the base lacks, and the marks of our comments on the open pull request."""
        now = next((pull for pull in pulls if pull.state == "OPEN"), None)
        variables = {
            **queries.place(self._full_name),
            "base": f"refs/heads/{self.home.base}",
            "branch": f"refs/heads/{self.branch}",
            "head": self.branch,
            "number": now.number if now else 0,
            "isOpen": now is not None,
            "after": None,
        }
        answer, first = await self._compared(variables, (base, tip.oid))
        trailers, info = first.trailers, first.commits.page_info
        for _ in range(_MOST_COMMIT_PAGES):
            if not info.has_next_page:
                break
            _, more = await self._compared({**variables, "after": info.end_cursor}, (base, tip.oid))
            trailers += more.trailers
            info = more.commits.page_info
        return _branch(ref_id, tip, first, trailers, pulls), self._marks(answer)

    async def _compared(self, variables: Mapping[str, object], expected: tuple[str, str]) -> tuple[Answer, Comparison]:
        """Read a page of our branch's commits. Raises MovedError where base or branch are no longer as `expected`."""
        answer = await self._client.send(queries.document("branch_commits"), variables)
        where = f"{self._full_name}:{self.branch}"
        if answer.faults:
            raise GitHubError(f"the branch could not be read: {answer.faults[0].message}", where=where)
        path = ("repository", "base", "compare")
        oids = [answer.at(("repository", name, "target", "oid")) for name in ("base", "branch")]
        if oids != [*expected] or answer.at(path) is None:
            raise MovedError("it changed while it was read", where=where)
        return answer, checked(Comparison, answer, path, "the commits of the branch", where)

    def _marks(self, answer: Answer) -> frozenset[str]:
        path = ("repository", "pullRequest")
        if answer.at(path) is None:
            return frozenset()
        asked = "the comments on the pull request"
        return checked(repository_answers.Remarks, answer, (*path, "comments"), asked, self._full_name).marks

    # Earlier versions of the pages -------------------------------------------------------------------------

    async def with_histories(self, tip: Tip, board: Board) -> Tip:
        """Return the tip with what earlier versions of its pages referred to, asked where something may be added."""
        return replace(
            tip,
            histories=tuple([await self._history(tip.oid, index, page, board) for index, page in enumerate(tip.pages)]),
        )

    async def _history(self, oid: str, index: int, page: Page | RoadmapSyncError, board: Board) -> History:
        if not isinstance(page, Page) or not any(
            board.candidates.get(query) for query in additions.queries(page.rules)
        ):
            return History()
        place = self._targets[index].place
        if (oid, place) not in self._histories:
            texts = await self._versions(oid, place)
            self._histories[oid, place] = History(gap=_GAP) if texts is None else history_of(texts, page)
        return self._histories[oid, place]

    async def _versions(self, oid: str, place: str) -> list[str] | None:
        """Read every version of a file that GitHub lists for its path; None where not all of them came.

        A file that was moved begins at its new path.
        """
        texts: list[str] = []
        after: str | None = None
        for _ in range(_MOST_HISTORY_PAGES):
            variables = {**queries.place(self._full_name), "oid": oid, "path": place, "after": after}
            answer = await self._client.send(queries.document("page_history"), variables)
            path = ("repository", "object", "history")
            if answer.faults or answer.at(path) is None:
                return None
            known = checked(
                repository_answers.Versions, answer, path, "earlier versions of the page", f"{self._full_name}:{place}"
            )
            texts += known.texts
            if not known.page_info.has_next_page:
                return texts
            after = known.page_info.end_cursor
        return None


def _not_found(full_name: str, answer: Answer) -> GitHubError:
    message = answer.faults[0].message if answer.faults else "GitHub answered nothing"
    return GitHubError(
        f"no such repository for this token: {message}",
        where=full_name,
        hint="Check `repository` under [[pages]], and that the token that writes may see it.",
    )


def _branch(
    ref_id: str, tip: Tip, compared: Comparison, trailers: Sequence[Trailer | None], pulls: Sequence[Pull]
) -> Branch:
    """Judge whose the branch's commits are by the trailers in their messages, oldest first."""
    ours = [trailer for trailer in trailers if trailer]
    is_whole = compared.commits.total_count == len(trailers) == len(ours)
    is_shared = any(trailer.is_shared for trailer in ours)
    # A person who amends our commit keeps its trailer, not its pages.
    is_as_left = not ours or trailers[-1] is None or trailers[-1].digest in {"", tip.digest}
    is_merged = any(pull.state == "MERGED" and pull.head_oid == tip.oid for pull in pulls)
    made = ours[-1].made if ours else (None if trailers else frozenset())
    return Branch(
        id=ref_id,
        tip=tip,
        ahead=compared.ahead_by,
        behind=compared.behind_by,
        is_ours=is_merged or (is_whole and is_as_left and not is_shared),
        made=made,
    )


def _page(target: Target, file: CommittedFile | None, branch: str) -> Page | RoadmapSyncError:
    """Return a page of a commit, or why it cannot be had."""
    where = target.path
    if file is None:
        return InputError(f"no such file on {branch}", where=where, hint="Paths are relative to the working directory.")
    if file.is_link or not file.is_text:
        return InputError(f"is no text file on {branch} that GitHub shows whole", where=where)
    if file.data is None:
        return RefusedError(
            f"GitHub's text of it on {branch} is not what git holds",
            where=where,
            hint="It may not be UTF-8. In a checkout, sync --to file says more.",
        )
    try:
        return target.locate(file.data)
    except RoadmapSyncError as error:
        return error
