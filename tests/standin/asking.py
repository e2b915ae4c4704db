"""Owns how the stand-in's own tests ask it, and the small world that they ask about."""

import json
from typing import Any

from tests.standin.server import Server
from tests.standin.world import World

TOKEN = "test-token"


def sample() -> World:
    """Return a world with one of everything."""
    made = World()
    rocket = made.repository("acme/rocket", labels=("bug",))
    board = made.project("acme", 3, statuses=("Ideas", "Coming soon", "Shipped"))
    fly = rocket.issue(12, "Fly", state="CLOSED", reason="COMPLETED", labels=("bug", "area: sky"), milestone="Beta")
    board.put(fly, "Shipped", archived=True)
    land = rocket.issue(14, "Land", parent=fly)
    board.put(rocket.pull(13, "Wings", state="MERGED", closes=[land]), "Coming soon", values={"Docs": "here"})
    board.put(land, None)
    board.draft("Dream", "Ideas")
    board.add_field("Docs", "TEXT")
    return made


def ask(server: Server, document: str, token: str = TOKEN, **variables: object) -> Any:
    """Send one document and return the JSON of the answer."""
    body = json.dumps({"query": document, "variables": variables}).encode()
    return json.loads(server.handle(body, {"Authorization": f"Bearer {token}"}).body)


def board(selection: str) -> str:
    """Return a document that asks for something of the board."""
    return (
        f'{{ repositoryOwner(login: "acme") {{ ... on ProjectV2Owner {{ projectV2(number: 3) {{ {selection} }} }} }} }}'
    )


def of_board(server: Server, selection: str, token: str = TOKEN) -> Any:
    """Ask for something of the board and return it."""
    return ask(server, board(selection), token)["data"]["repositoryOwner"]["projectV2"]


def of_repository(selection: str, name: str = "rocket") -> str:
    """Return a document that asks for something of a repository."""
    return f'{{ repository(owner: "acme", name: "{name}") {{ {selection} }} }}'
