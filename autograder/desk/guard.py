"""Who may speak with the desk: one browser for each address that was given out.

A request is answered only if it was sent to the desk's own address (a name that somebody else made
lead here is refused), comes from no other page, and carries the cookie for which a one-time token
was exchanged. Every answer forbids scripts, frames and whatever comes from elsewhere.
"""

import hashlib
import secrets
from collections.abc import Iterable
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_METHODS = ("GET", "HEAD", "POST")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Not "no-referrer": with it, a browser hides the origin of the desk's own forms.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class Gate:
    """The people whom the desk knows: their tokens, each good for once, and their sessions."""

    def __init__(self, host: str, port: int) -> None:
        self.host = f"{host}:{port}"
        self.origin = f"http://{self.host}"
        self.cookie = f"desk_{port}"  # cookies don't tell ports apart
        self.people: tuple[str, ...] = ()
        """Those for whom there are addresses, in their order."""
        self._tokens: dict[bytes, str] = {}
        self._sessions: dict[bytes, str] = {}

    def address_for(self, who: str) -> str:
        """Return a new address that lets one browser in, as `who`."""
        if who not in self.people:
            self.people = (*self.people, who)
        token = secrets.token_urlsafe(32)
        self._tokens[_digest(token)] = who
        return f"{self.origin}/?token={token}"

    def exchange(self, token: str) -> str | None:
        """Return a new session's secret for `token`, which is spent then; None if it isn't good."""
        who = self._tokens.pop(_digest(token), None)
        if who is None:
            return None
        secret = secrets.token_urlsafe(32)
        self._sessions[_digest(secret)] = who
        return secret

    def who(self, secret: str) -> str | None:
        """Return whose session has this secret."""
        return self._sessions.get(_digest(secret))


def _digest(secret: str) -> bytes:
    """Return what a secret is looked up by: a look-up then takes equally long for all."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


class Guard:
    """Stands before the pages; the pages find the person under `request.scope["who"]`."""

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self._app, self._gate = app, gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request or pass it on. Whatever is not HTTP is not served."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        refused = self._refused(scope)
        await (refused or self._app)(scope, receive, with_headers)

    def _refused(self, scope: Scope) -> Response | None:
        """Return the answer to a request that does not reach the pages; None for one that does."""
        headers, gate = Headers(scope=scope), self._gate
        if headers.getlist("host") != [gate.host]:
            return _no(421, f"The desk answers at {gate.origin} and under no other name.")
        if scope["method"] not in _METHODS:
            return _no(405, "The desk doesn't know this method.")
        if not _is_own(headers, gate.origin, needed=scope["method"] == "POST"):
            return _no(
                403,
                "This comes from another page. Open the desk's address yourself: copy it into the "
                "browser's address bar.",
            )
        who = _first(gate.who(secret) for secret in _cookies(headers, gate.cookie))
        token = parse_qs(scope["query_string"].decode("latin-1")).get("token", [])
        if scope["path"] == "/" and token and scope["method"] == "GET":
            if secret := gate.exchange(token[0]):
                return self._let_in(secret)
            if who:  # the address once more, in the browser that has used it
                return RedirectResponse("/", 303)
        if who is None:
            return _no(
                401,
                "The desk doesn't know this browser. Open the address that it has printed; each "
                "address lets one browser in, once. For a new one, stop the desk and start it "
                "again: make desk",
            )
        scope["who"] = who
        return None

    def _let_in(self, secret: str) -> Response:
        answer = RedirectResponse("/", 303)
        answer.set_cookie(self._gate.cookie, secret, httponly=True, samesite="strict", path="/")
        return answer


def _is_own(headers: Headers, origin: str, *, needed: bool) -> bool:
    """Say whether a request comes from one of the desk's own pages, or from none.

    Browsers tell where a form comes from (`needed`), and newer ones where any request does.
    """
    site = headers.get("sec-fetch-site")
    origins = headers.getlist("origin")
    return site in (None, "none", "same-origin") and origins in (
        [[origin]] if needed else [[], [origin]]
    )


def _cookies(headers: Headers, name: str) -> list[str]:
    return [
        value
        for line in headers.getlist("cookie")
        for key, value in cookie_parser(line).items()
        if key == name
    ]


def _first(found: Iterable[str | None]) -> str | None:
    return next((each for each in found if each is not None), None)


def _no(status: int, sentence: str) -> Response:
    return PlainTextResponse(f"{sentence}\n", status)
