"""Behind a proxy: the path prefix the service is found under, and what a named proxy says of the request."""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Network = IPv4Network | IPv6Network


class BehindProxy:
    """Sees a request as the caller sent it to the outermost proxy.

    `prefix` is the path that the service is found under ("" or "/matcher"); whether the proxy takes it away
    is the same. Scheme, host and caller's address are taken from X-Forwarded-Proto, -Host and -For where the
    connection comes from one of `proxies`, and from it alone; of several values the last is that proxy's.
    """

    def __init__(self, app: ASGIApp, prefix: str, proxies: Sequence[Network]) -> None:
        self.app = app
        self.prefix = prefix
        self.proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; an address of this service in `Location` gets the prefix."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope = self._under_prefix(self._forwarded(scope))
        if not self.prefix:
            await self.app(scope, receive, send)
            return

        async def send_with_prefix(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                place = headers.get("location", "")
                if place.startswith("/"):
                    headers["location"] = self.prefix + place
            await send(message)

        await self.app(scope, receive, send_with_prefix)

    def _under_prefix(self, scope: Scope) -> Scope:
        path: str = scope["path"]
        if not self.prefix or path == self.prefix or path.startswith(f"{self.prefix}/"):
            return {**scope, "root_path": self.prefix}
        return {**scope, "root_path": self.prefix, "path": self.prefix + path}

    def _forwarded(self, scope: Scope) -> Scope:
        if not any(name.startswith(b"x-forwarded-") for name, _ in scope["headers"]):
            return scope
        if not self._is_proxy((scope.get("client") or ("", 0))[0]):
            return scope
        given, changed = Headers(scope=scope), dict(scope)
        scheme = _last(given, "x-forwarded-proto")
        if scheme in {"http", "https"}:
            changed["scheme"] = scheme
        if host := _last(given, "x-forwarded-host"):
            others = [(name, value) for name, value in scope["headers"] if name != b"host"]
            changed["headers"] = [(b"host", host.encode("latin-1")), *others]
        callers = [address for address in _values(given, "x-forwarded-for") if not self._is_proxy(address)]
        if callers:
            changed["client"] = (callers[-1], 0)
        return changed

    def _is_proxy(self, address: str) -> bool:
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self.proxies)


def _values(headers: Headers, name: str) -> Iterator[str]:
    for line in headers.getlist(name):
        yield from (value.strip() for value in line.split(","))


def _last(headers: Headers, name: str) -> str:
    return next(reversed([*_values(headers, name)]), "")
