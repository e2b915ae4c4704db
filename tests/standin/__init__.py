"""A GitHub for tests: a world of plain values behind GitHub's GraphQL, its limits and its errors.

    world = World()
    rocket = world.repository("acme/rocket")
    board = world.project("acme", 3, statuses=("Ideas", "Shipped"))
    board.put(rocket.issue(12, "Fly", state="CLOSED", reason="COMPLETED"), "Shipped")
    server = Server(world, faults=[faults.bad_gateway().on(2)])

    with serve(server) as url: ...                  # on loopback, for the installed command
    install(respx_mock, server)                     # in process, behind httpx
    server.handle(body, headers)                    # as a function

It knows GitHub only by its schema (schema.graphql) and by what its documentation and users report.
"""

from tests.standin.doors import install, serve
from tests.standin.limits import Cost, measure
from tests.standin.schema import HOSTS, host_schema, old_host_schema, read_schema
from tests.standin.server import Latency, Request, Response, Server
from tests.standin.world import Draft, Token, World

__all__ = [
    "HOSTS",
    "Cost",
    "Draft",
    "Latency",
    "Request",
    "Response",
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
