"""Owns the two ways into the stand-in: behind respx in process, and on a loopback port; must not know GraphQL."""

import gzip
import socket
import struct
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import respx

from tests.standin.making import NotPlayedError
from tests.standin.server import Response, Server

GITHUB = "https://api.github.com/graphql"
#: How much of an endless answer a client may take, and in which pieces it comes.
MOST, CHUNK = 64 * 2**20, 2**16


def install(router: respx.Router, server: Server, url: str = GITHUB) -> respx.Route:
    """Answer posts to `url` from the stand-in; any other request stays what the router makes of it."""

    def answer(request: httpx.Request) -> httpx.Response:
        return _delivered(server.handle(request.content, dict(request.headers)), request)

    return router.post(url).mock(side_effect=answer)


def _delivered(response: Response, request: httpx.Request) -> httpx.Response:
    if response.wire == "certificate":
        # The causes below it, which are Python's own over a real connection, respx replaces.
        words = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate"
        raise httpx.ConnectError(f"{words} (_ssl.c:1006)", request=request)
    if response.wire == "endless":
        return httpx.Response(response.status, headers=response.headers, stream=_Endless(response.body))
    if response.wire == "reset":
        raise httpx.ReadError("[Errno 104] Connection reset by peer", request=request)
    if response.wire == "hang":
        raise httpx.ReadTimeout("The read operation timed out", request=request)
    if response.wire == "truncated":
        raise httpx.RemoteProtocolError("peer closed connection without sending complete message body", request=request)
    return httpx.Response(response.status, headers=response.headers, content=response.body)


def _blanks(start: bytes) -> Iterator[bytes]:
    """Yield a body that does not end; fails the test when a client has taken too much of it."""
    yield start
    for _ in range(MOST // CHUNK):
        yield b" " * CHUNK
    raise AssertionError(f"the client has taken {MOST:,} bytes of an endless answer")


class _Endless(httpx.SyncByteStream, httpx.AsyncByteStream):
    def __init__(self, start: bytes) -> None:
        self.start = start

    def __iter__(self) -> Iterator[bytes]:
        return _blanks(self.start)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in _blanks(self.start):
            yield piece


@contextmanager
def serve(server: Server, path: str = "/graphql") -> Iterator[str]:
    """Serve on a free loopback port; gives the URL to put into `GITHUB_GRAPHQL_URL`.

    A gap or bug of the stand-in closes the connection, and is raised when the context ends.
    """
    http = _Http(("127.0.0.1", 0), _Handler)
    http.standin, http.path, http.stopped, http.failures = server, path, threading.Event(), []
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{http.server_address[1]}{path}"
    finally:
        http.stopped.set()
        http.shutdown()
        http.server_close()
        thread.join()
        if http.failures:
            raise http.failures[0]


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    standin: Server
    path: str
    stopped: threading.Event
    failures: list[BaseException]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep what the stand-in itself did wrong for the test; clients may go away as they like."""
        failure = sys.exc_info()[1]
        if failure is not None and not isinstance(failure, OSError):
            self.failures.append(failure)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Http

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.path != self.server.path:
            self._send(Response(404, {}, b'{"message":"Not Found"}'))
            return
        response = self.server.standin.handle_slowly(body, dict(self.headers), time.sleep)
        if response.wire == "hang":
            self.server.stopped.wait()
            self.close_connection = True
        elif response.wire == "reset":
            self._reset()
        elif response.wire == "certificate":
            raise NotPlayedError("the stand-in speaks no TLS on loopback")
        else:
            self._send(response)

    def _send(self, response: Response) -> None:
        body = response.body
        self.send_response_only(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.wire == "endless":
            self._send_endlessly(body)
            return
        is_zipped = "content-encoding" in response.headers
        if "gzip" in self.headers.get("accept-encoding", "") and len(body) > 1000 and not is_zipped:
            body = gzip.compress(body, 1)
            self.send_header("content-encoding", "gzip")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if response.wire == "truncated":
            body = body[: len(body) // 2]
            self.close_connection = True
        self.wfile.write(body)

    def _send_endlessly(self, start: bytes) -> None:
        self.send_header("connection", "close")
        self.end_headers()
        for piece in _blanks(start):
            self.wfile.write(piece)

    def _reset(self) -> None:
        """Close with a reset: no lingering (SO_LINGER 0)."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing."""
