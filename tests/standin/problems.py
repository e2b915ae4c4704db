"""Owns GitHub's words for what it refuses; must not know who refuses it.

The forms are those users report: see the addresses beside each maker.
"""

from typing import Any


class Problem(Exception):  # noqa: N818 - an answer of GitHub's, no failure of ours
    """An error that GitHub puts into `errors`, with a `type` unless that is empty.

    `sign_on` is the page that the answer's header names.
    """

    def __init__(self, kind: str, message: str, extensions: dict[str, Any] | None = None, *, sign_on: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.extensions = extensions
        self.sign_on = sign_on


def not_found(what: str) -> Problem:
    """Refuse what is not there, or not for this token: GitHub does not tell the two apart."""
    return Problem("NOT_FOUND", f"Could not resolve to {what}.")


def no_repository(full_name: str) -> Problem:
    """Refuse a repository (github.com/actions/add-to-project/issues/168)."""
    return not_found(f"a Repository with the name '{full_name}'")


def no_number(number: int, kind: str = "an issue or pull request") -> Problem:
    """Refuse an issue or pull request by number (github.com/MarcusJellinghaus/mcp-workspace/issues/256)."""
    return not_found(f"{kind} with the number of {number}")


def no_project(number: int) -> Problem:
    """Refuse a board (github.com/actions/add-to-project/issues/597)."""
    return not_found(f"a ProjectV2 with the number {number}")


def no_node(identity: str) -> Problem:
    """Refuse a node id (github.com/actions/add-to-project/issues/411)."""
    return not_found(f"a node with the global id of '{identity}'")


def _forbidden(words: str) -> Problem:
    return Problem("FORBIDDEN", words, {"saml_failure": False})


def forbidden(kind: str = "fine") -> Problem:
    """Refuse for want of a permission (github.com/cli/cli/issues/13281)."""
    who = "integration" if kind in {"app", "actions"} else "personal access token"
    return _forbidden(f"Resource not accessible by {who}")


def saml(sign_on: str = "https://github.com/orgs/acme/sso?authorization_request=test") -> Problem:
    """Refuse until the token is authorised for single sign-on (github.com/jasperapp/jasper/issues/187)."""
    words = (
        "Resource protected by organization SAML enforcement. You must grant your Personal Access token "
        "access to this organization."
    )
    return Problem("FORBIDDEN", words, {"saml_failure": True}, sign_on=sign_on)


def oauth_apps_restricted(owner: str) -> Problem:
    """Refuse an OAuth app that the organisation did not approve (github.com/GitHawkApp/GitHawk/issues/2165)."""
    return _forbidden(
        f"Although you appear to have the correct authorization credentials, the `{owner}` organization has enabled "
        "OAuth App access restrictions, meaning that data access to third-parties is limited. For more information on "
        "these restrictions, including how to enable this app, visit "
        "https://docs.github.com/articles/restricting-access-to-your-organization-s-data/"
    )


def address_not_allowed(owner: str) -> Problem:
    """Refuse an address that is not on the list (github.com/SalesforceFoundation/NPSP/issues/7247)."""
    return _forbidden(
        f"Although you appear to have the correct authorization credentials, the `{owner}` organization has an IP allow "
        "list enabled, and your IP address is not permitted to access this resource."
    )


def classic_tokens_forbidden(owner: str) -> Problem:
    """Refuse every classic token (github.com/refined-github/refined-github/issues/6951)."""
    return _forbidden(
        f"{owner} forbids access via a personal access token (classic). Please use a GitHub App, OAuth App, or a "
        "personal access token with fine-grained permissions."
    )


def lifetime_too_long(owner: str, days: int = 366) -> Problem:
    """Refuse a fine-grained token that lives too long (github.com/NixOS/org/issues/247)."""
    return _forbidden(
        f"The '{owner}' organization forbids access via a fine-grained personal access tokens if the token's lifetime is "
        f"greater than {days} days. Please adjust your token's lifetime at the following URL: "
        "https://github.com/settings/personal-access-tokens/1"
    )


def rules_violated(violations: list[str]) -> Problem:
    """Refuse a change of a branch that rules forbid.

    A public log has the form from createCommitOnBranch, with `FORBIDDEN`; other mutations are assumed to do alike.
    """
    return Problem("FORBIDDEN", "\n\n".join(["Repository rule violations found", *violations, ""]))


def workflow(kind: str, path: str) -> Problem:
    """Refuse a change of a workflow (github.com/Mergifyio/mergify/issues/5055; its `type` is assumed).

    That a fine-grained token is told as a classic one is, but of its permission, is assumed as well.
    """
    who = {"oauth": "an OAuth App", "classic": "a Personal Access Token", "fine": "a Personal Access Token"}
    lacks = "`workflow` scope" if kind in {"classic", "oauth"} else "`workflows` permission"
    whom = who.get(kind, "a GitHub App")
    return Problem("FORBIDDEN", f"refusing to allow {whom} to create or update workflow `{path}` without {lacks}")


def scopes(field: str, needed: tuple[str, ...], granted: tuple[str, ...]) -> Problem:
    """Refuse a classic token without the scope (github.com/github/docs/issues/19712)."""
    words = (
        "Your token has not been granted the required scopes to execute this query. "
        f"The '{field}' field requires one of the following scopes: {list(needed)}, "
        f"but your token has only been granted the: {list(granted) or ['']} scopes. "
        "Please modify your token's scopes at: https://github.com/settings/tokens."
    )
    return Problem("INSUFFICIENT_SCOPES", words)


def resource_limits() -> Problem:
    """Give up on a query that costs too much (github.com/yoshi389111/github-profile-3d-contrib/issues/163)."""
    return Problem("RESOURCE_LIMITS_EXCEEDED", "Resource limits for this query exceeded.")


def rate_limit(kind: str = "RATE_LIMIT") -> dict[str, str]:
    """Return the error of the primary limit, which comes with status 200 (github/docs issue 22607)."""
    words = "API rate limit already exceeded for user ID 1."
    return {"type": kind, "code": "graphql_rate_limit", "message": words}


def secondary_limit(request_id: str) -> dict[str, str]:
    """Return the body of the secondary limit (github.com/Azure/azure-rest-api-specs/issues/36378)."""
    return {
        "message": (
            "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. "
            f"If you reach out to GitHub Support for help, please include the request ID {request_id}."
        ),
        "documentation_url": (
            "https://docs.github.com/graphql/overview/rate-limits-and-node-limits-for-the-graphql-api"
            "#secondary-rate-limits"
        ),
    }


def gone_wrong(request_id: str) -> dict[str, Any]:
    """Return the body of a query that took over ten seconds (github.com/sorenlouv/backport/issues/479)."""
    words = (
        "Something went wrong while executing your query. This may be the result of a timeout, or it could be "
        f"a GitHub bug. Please include `{request_id}` when reporting this issue."
    )
    return {"data": None, "errors": [{"message": words}]}


def bad_credentials() -> dict[str, str]:
    """Return the body of a 401."""
    return {
        "message": "Bad credentials",
        "documentation_url": "https://docs.github.com/graphql",
        "status": "401",
    }


BAD_GATEWAY_PAGE = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    "<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)
