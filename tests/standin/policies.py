"""Owns what an organisation's policy says of a token; must not know requests or what is asked."""

from collections.abc import Callable

from tests.standin import problems
from tests.standin.problems import Problem
from tests.standin.tokens import Token
from tests.standin.world import Owner

#: Which kinds of token each policy turns away, and with which words.
_POLICIES: dict[str, tuple[frozenset[str], Callable[[str], Problem]]] = {
    "oauth apps": (frozenset({"oauth"}), problems.oauth_apps_restricted),
    "addresses": (frozenset({"classic", "oauth", "fine", "app", "actions"}), problems.address_not_allowed),
    "classic tokens": (frozenset({"classic"}), problems.classic_tokens_forbidden),
    "long lifetimes": (frozenset({"fine"}), problems.lifetime_too_long),
}


def refusal(token: Token, owner: Owner) -> Problem | None:
    """Return the words with which an owner turns a token away from all that is the owner's, None for a welcome."""
    needs_sign_on = owner.refuses == "no sign-on" and token.has_scopes
    if needs_sign_on or owner.login.lower() in token.saml:
        return problems.saml(owner.saml_url)
    kinds, words = _POLICIES.get(owner.refuses, (frozenset(), problems.forbidden))
    return words(owner.login) if token.kind in kinds else None
