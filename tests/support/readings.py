"""Drives a Reading against the stand-in without a network: requests in, answers out, in any order."""

import json
import re

from roadmap_sync.board.question import BoardAddress, Question
from roadmap_sync.github.queries import queries
from roadmap_sync.reading.answers import Answer, Fault
from roadmap_sync.reading.conversation import Reading
from roadmap_sync.reading.parts import Sizes
from roadmap_sync.references import from_name
from tests.standin import Server
from tests.support.makers import ADDRESS

QUERIES = queries()


def question(*names, address=ADDRESS, **more):
    """A question for these references, of the board of `makers`."""
    return Question(address, references=tuple(from_name(name) for name in names), **more)


def address_of(project):
    """The address of a project of the stand-in."""
    return BoardAddress(project.url, "github.com", project.owner.login, project.number)


def answer(server, request):
    """What the stand-in answers to a request."""
    body = json.dumps({"query": request.text, "variables": dict(request.variables)}).encode()
    reply = server.handle(body, {"authorization": "Bearer test-token"})
    said = json.loads(reply.body)
    faults = tuple(
        Fault(
            error.get("type") or error.get("extensions", {}).get("code", ""),
            tuple(error.get("path", ())),
            error["message"],
            bool(error.get("extensions", {}).get("saml_failure")),
        )
        for error in said.get("errors", ())
    )
    return Answer(said.get("data"), faults, request_id="C318:1", sso="https://github.com/orgs/acme/sso")


def drive(asked, server, *, pick=lambda waiting: 0, sizes=None, spoil=None):
    """Read until the board is known; `pick` says which of the requests under way is answered next.

    `spoil` may change a request's answer; it is given both.
    """
    reading = Reading(asked, QUERIES, sizes or Sizes())
    return finish(reading, server, pick=pick, spoil=spoil)


def handed_out(reading):
    """All requests that may be sent now."""
    waiting = []
    while request := reading.next():
        waiting.append(request)
    return waiting


def finish(reading, server, *, pick=lambda waiting: 0, spoil=None, waiting=()):
    """Go on with a reading until its board is known, or an error ends it; `waiting` was handed out already."""
    waiting = [*waiting]
    while not reading.is_finished:
        waiting += handed_out(reading)
        request = waiting.pop(pick(waiting))
        said = answer(server, request)
        if unknown := [fault for fault in said.faults if fault.type in {"argumentNotAccepted", "undefinedField"}]:
            assert reading.refuse(
                request, frozenset(re.findall(r"'(\w+)'", " ".join(fault.message for fault in unknown)))
            )
            continue
        reading.take(request, spoil(request, said) if spoil else said)
    return reading.board()


def read(asked, world, *faults, **options):
    """Read a world with faults."""
    return drive(asked, Server(world, faults), **options)
