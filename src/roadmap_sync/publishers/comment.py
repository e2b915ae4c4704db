"""Owns keeping one comment on a pull request, and suggestions on its lines; must not know the words of either.

The comment is found by its hidden mark and by who wrote it: a person may copy the mark. It is edited only where its
text changes, and made only where there is something to say.
"""

from collections.abc import Sequence

from roadmap_sync.github.discussion import Discussion, PostedComment, Seen, Thread
from roadmap_sync.report import comment as words


async def publish(discussion: Discussion, seen: Seen, text: str, key: str, *, is_telling: bool) -> tuple[str, str]:
    """Bring the comment with the mark of `key` up to date; return what was done, in a word, and the comment's URL.

    `is_telling` says whether there is anything to say: without, no comment is made. Raises ReadOnlyError.
    """
    ours = _ours(seen, key)
    if ours is None:
        if not is_telling:
            return "none", ""
        await discussion.add_comment(seen, words.marked(text, key))
        return "added", seen.url
    if words.says(ours.body, text):
        return "kept", ours.url
    await discussion.change_comment(ours, words.marked(text, key))
    return "edited", ours.url


def _ours(seen: Seen, key: str) -> PostedComment | None:
    return next((one for one in seen.ours if words.is_marked(one.body, key)), None)


async def suggest(discussion: Discussion, seen: Seen, suggestions: Sequence[tuple[str, words.Suggestion]]) -> int:
    """Suggest what was not suggested before, in one review; return how many. The paths are the repository's."""
    if not suggestions:
        return 0
    known = words.suggested_in(await discussion.bodies_on_lines())
    new = [(path, one) for path, one in suggestions if one.digest not in known]
    if new:
        await discussion.review(seen, [Thread(path, one.line, one.end_line, one.body) for path, one in new])
    return len(new)
