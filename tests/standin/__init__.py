"""A GitHub for tests: a world of plain values behind GitHub's GraphQL, its limits and its errors.

    world = World()
    rocket = world.repository("acme/rocket")
    board = world.project("acme", 3, statuses=("Ideas", "Shipped"))
    board.put(rocket.issue(12, "Fly", state="CLOSED", reason="COMPLETED"), "Shipped")
    server = Server(world, faults=[faults.bad_gateway().on(2)])

    Server(world, host="3.17")                      # as a GitHub Enterprise Server, see schema.HOSTS
    world.token("weak", scopes=("repo",))           # from now on only tokens made are known, see tokens.py
    world.owner("acme").refuses = "oauth apps"      # what a policy turns away, see policies.py
    rocket.rules = (Rule("creation"),)              # what rulesets forbid, see rulesets.py
    rocket.git.commit("main", {"docs/page.md": Link("../page.md")})

    with serve(server) as url: ...                  # on loopback, for the installed command
    install(respx_mock, server)                     # in process, behind httpx
    server.handle(body, headers)                    # as a function

It knows GitHub only by its schema (schema.graphql) and by what its documentation and users report.
"""

from tests.standin.doors import install, serve
from tests.standin.git import Link
from tests.standin.limits import Cost, measure
from tests.standin.schema import HOSTS, host_schema, old_host_schema, read_schema
from tests.standin.server import Latency, Request, Response, Server
from tests.standin.world import Draft, Rule, Token, World

__all__ = [
    "HOSTS",
    "Cost",
    "Draft",
    "Latency",
    "Link",
    "Request",
    "Response",
    "Rule",
    "Server",
    "Token",
    "World",
    "host_schema",
    "install",
    "measure",
    "old_host_schema",
    "read_schema",
    "serve",
]
