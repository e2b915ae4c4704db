"""Owns `snapshot`: the whole board, and what the pages refer to, are read and saved for `--board FILE`."""

from roadmap_sync.commands.desk import open_desk, read_board, read_pages, remarks_of
from roadmap_sync.commands.outcome import Invocation, Outcome
from roadmap_sync.errors import worst
from roadmap_sync.reading import snapshot_file
from roadmap_sync.report.words import count


def run(invocation: Invocation, file: str) -> Outcome:
    """Save the board as JSON. A page that cannot be read is an error; the board and the other pages are saved."""
    desk = open_desk(invocation, are_pages_needed=False)
    files = read_pages(desk)
    board = read_board(desk, [one.page for one in files if one.page], whole=True)
    text = snapshot_file.dumps(board, allow_private=desk.is_private_allowed)
    desk.tree.write(file, text.encode())
    errors = [one.error for one in files if one.error]
    counted = (count(len(board.items or ()), "item"), count(len(board.answers), "reference"))
    said = f"{file}: {counted[0]} of the board, {counted[1]} looked up"
    return Outcome(
        exit=worst([error.exit for error in errors]),
        said=(said, *remarks_of(desk)),
        errors=tuple(str(error) for error in errors),
    )
