"""Owns how GitHub may be reached: which endpoint, with which token; must not know the config or send anything.

A config and a `.env` come with a repository, and a repository may be a stranger's. So the endpoint is taken from
the process environment only, and a board on a host that nobody vouches for is an error before any request.
"""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values

from roadmap_sync.children import gh_token
from roadmap_sync.errors import InputError
from roadmap_sync.worktree import CONFIG_BYTES, Worktree, read_text

#: The first that is set wins.
TOKEN_NAMES = ("ROADMAP_SYNC_TOKEN", "GH_TOKEN", "GITHUB_TOKEN")

#: GitHub Enterprise Cloud with data residency
#: (https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency).
_RESIDENT = re.compile(r"[a-z0-9-]+\.ghe\.com")
#: How GitHub's tokens look (https://github.blog/engineering/behind-githubs-new-authentication-token-formats/).
_LOOKS_LIKE_TOKEN = re.compile(r"\b(?:gh[a-z]_[A-Za-z0-9_.-]{16,}|github_pat_[A-Za-z0-9_]{16,}|v1\.[0-9a-f]{40})")


@dataclass(frozen=True, slots=True)
class Token:
    """A secret that shows itself to nobody who prints it. `source` says where it was found."""

    value: str = field(repr=False)
    source: str

    def __str__(self) -> str:
        """Return stars: a token in a message is a leak."""
        return "***"


@dataclass(frozen=True, slots=True)
class Access:
    """Where to ask and as whom."""

    endpoint: str
    token: Token


def find_access(host: str, environ: Mapping[str, str], directory: Path, *, is_terminal: bool) -> Access:
    """Return the endpoint and the token to read a board on this host.

    Raises InputError where the host is nobody's, or where there is no token.
    """
    endpoint = find_endpoint(host, environ)
    token = find_token(environ, read_dotenv(directory))
    if token is None and is_terminal and endpoint == _own_endpoint(host):
        kept = gh_token(host, directory)
        token = usable(kept, "gh auth token") if kept else None
    if token is None:
        raise InputError(
            f"no token for {host}",
            hint="Set ROADMAP_SYNC_TOKEN (or GH_TOKEN) to a token that may read the project (scope read:project), "
            "or run: gh auth login",
        )
    return Access(endpoint, token)


def find_endpoint(host: str, environ: Mapping[str, str]) -> str:
    """Return the GraphQL endpoint for a board's host; `environ` is the process environment and nothing else."""
    server = environ.get("GITHUB_SERVER_URL") or "https://github.com"
    configured = environ.get("GITHUB_GRAPHQL_URL")
    try:
        server_host = urlsplit(server).netloc.lower()
    except ValueError as error:
        hint = "It is the address of the GitHub that the job runs on, such as https://github.com."
        raise InputError(f"this is no address: {error}", where="GITHUB_SERVER_URL", hint=hint) from None
    if configured and server_host == host.lower():
        return checked_endpoint(configured, "GITHUB_GRAPHQL_URL")
    if own := _own_endpoint(host):
        return own
    raise InputError(
        f"nothing says how to reach {host}",
        hint=f"If you trust it, set GITHUB_SERVER_URL=https://{host} GITHUB_GRAPHQL_URL=https://{host}/api/graphql",
    )


def _own_endpoint(host: str) -> str | None:
    """Return the endpoint of a host that is GitHub's own, else None.

    https://docs.github.com/en/graphql/guides/forming-calls-with-graphql#the-graphql-endpoint
    """
    name = host.lower()
    if name == "github.com":
        return "https://api.github.com/graphql"
    return f"https://api.{name}/graphql" if _RESIDENT.fullmatch(name) else None


def checked_endpoint(endpoint: str, where: str) -> str:
    """Return the endpoint if a token may be sent there: over https, or to this machine. Raises InputError."""
    try:
        parts = urlsplit(endpoint)
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or ""))
        (parts.hostname or "").encode("idna")
        is_plain = endpoint.isprintable() and " " not in endpoint
        if is_safe and is_plain and parts.hostname and parts.username is None and parts.port != 0:
            return endpoint
    except ValueError:
        pass  # a port that is no number, a name with an empty part: said below, like every other such address
    raise InputError(
        "this is no address to send a token to",
        where=where,
        hint="It begins with https://; plain http:// is for this machine only (127.0.0.1, localhost).",
    )


def _is_loopback(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def read_dotenv(directory: Path) -> Mapping[str, str]:
    """Return the tokens, and only those, that a `.env` in the working directory names.

    Raises InputError where there is one that cannot be read.
    """
    path = Worktree.from_directory(directory).supplied(directory / ".env")
    if path is None:
        return {}
    values = dotenv_values(stream=StringIO(read_text(path, ".env", most=CONFIG_BYTES)), interpolate=False)
    return {name: value for name in TOKEN_NAMES if (value := values.get(name))}


def find_token(
    environ: Mapping[str, str], dotenv: Mapping[str, str], names: Sequence[str] = TOKEN_NAMES
) -> Token | None:
    """Return the token to read with. The environment goes first; what is empty is not set.

    Raises InputError for one that no HTTP header can carry.
    """
    for place, values in (("", environ), (" in .env", dotenv)):
        for name in names:
            if value := values.get(name):
                return usable(value, f"{name}{place}")
    return None


def find_write_token(environ: Mapping[str, str], dotenv: Mapping[str, str]) -> Token | None:
    """Return the token for branches, pull requests and comments: the job's own, else the one to read with."""
    return find_token(environ, dotenv, ("GITHUB_TOKEN",)) or find_token(environ, dotenv)


def usable(value: str, source: str) -> Token:
    """Return a token from a source; raises InputError for one that no HTTP header can carry."""
    if "\n" in value or "\r" in value:
        what = "the token holds a line break"
    elif not value:
        what = "the token is empty"
    elif not value.isascii() or not value.isprintable() or " " in value:
        what = "the token holds a blank or another character that no token has"
    else:
        return Token(value, source)
    raise InputError(what, where=source, hint="Copy it again, without blanks and line breaks around it.")


def hide_tokens(text: str, environ: Mapping[str, str], directory: Path | None) -> str:
    """Return the text with every token that this process can know of replaced by stars; raises nothing.

    `directory` is the working directory; None where there is none.
    """
    try:
        dotenv = read_dotenv(directory) if directory else {}
    except InputError:
        dotenv = {}  # it could not be read, so nothing of it is known to the process either
    secrets = {values[name] for values in (environ, dotenv) for name in TOKEN_NAMES if values.get(name)}
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "***")
    return _LOOKS_LIKE_TOKEN.sub("***", text)
