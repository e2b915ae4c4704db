"""Owns keeping one comment on a pull request, and suggestions on its lines; must not know the words of either.

The comment is found by its hidden mark and by who wrote it: a person may copy the mark. It is edited only where its
text changes, and made only where there is something to say.
"""

from roadmap_sync.github.discussion import Thread
from roadmap_sync.publishers.delivery import Delivered, Preview
from roadmap_sync.report import comment
from roadmap_sync.report.words import count


async def publish(job: Preview) -> Delivered:
    """Bring the comment up to date, and suggest what was not suggested before.

    Raises ReadOnlyError where the token may not write, and GitHubError where GitHub refuses otherwise.
    """
    why, url = await _comment(job)
    suggested = await _suggest(job)
    said = (f"{count(suggested, 'suggestion')} made on the changed lines.",) if suggested else ()
    return Delivered(why, job.plan, url, said=said)


async def _comment(job: Preview) -> tuple[str, str]:
    """Make or edit the comment; return what was done, in a word, and its URL. Without news, none is made."""
    ours = next((one for one in job.seen.ours if comment.is_marked(one.body, job.key)), None)
    if ours is None:
        if not comment.is_telling(job.plan):
            return "none", ""
        await job.discussion.add_comment(job.seen, comment.marked(job.text, job.key))
        return "added", job.seen.url
    if comment.says(ours.body, job.text):
        return "kept", ours.url
    await job.discussion.change_comment(ours, comment.marked(job.text, job.key))
    return "edited", ours.url


async def _suggest(job: Preview) -> int:
    """Make the suggestions that were not made before, in one review; return how many."""
    if not job.suggestions:
        return 0
    known = comment.suggested_in(await job.discussion.bodies_on_lines())
    new = [(path, one) for path, one in job.suggestions if one.digest not in known]
    if new:
        await job.discussion.review(job.seen, [Thread(path, one.line, one.end_line, one.body) for path, one in new])
    return len(new)
