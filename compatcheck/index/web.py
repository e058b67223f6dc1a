"""The one door to the network: retries, time limits, certificates, credentials.

Imported when the network is first asked: its libraries are slow to import.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from time import monotonic
from urllib.parse import unquote, urlsplit

import requests
from urllib3 import disable_warnings
from urllib3.exceptions import HTTPError, InsecureRequestWarning
from urllib3.util import Retry

from compatcheck.errors import IndexFault
from compatcheck.index.connected import CHUNK, Absent, Answer, BadStatus, Patience
from compatcheck.index.lines import Lines
from compatcheck.index.locations import IndexSettings
from compatcheck.index.redact import redact

_ABSENT = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
_REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)

_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (requests.exceptions.SSLError, "was not trusted: its TLS certificate is not good"),
    (requests.exceptions.ProxyError, "could not be reached through the proxy"),
    (requests.exceptions.ConnectionError, "could not be reached"),
    (requests.exceptions.ContentDecodingError, "sent bytes that cannot be unpacked"),
    (requests.exceptions.ChunkedEncodingError, "broke off before its answer's end"),
    (HTTPError, "broke off before its answer's end"),
    (requests.exceptions.TooManyRedirects, "redirects in circles"),
)
"""What the exceptions of the libraries mean, the special ones first."""


class Web:
    """Sessions, one for each thread, set up as the user's settings say."""

    def __init__(self, settings: IndexSettings, patience: Patience) -> None:
        """Remember the settings; nothing is asked yet."""
        self._patience = patience
        self._offline = settings.offline
        self._verify = str(settings.certificates) if settings.certificates else None
        self._insecure = frozenset(settings.insecure_hosts)
        if self._insecure:
            # The user has said so; being told again with each request helps nobody.
            disable_warnings(InsecureRequestWarning)
        addresses = [*(index.url for index in settings.indexes), *settings.find_links]
        self._credentials = _credentials(addresses)
        self._local = threading.local()
        self._sessions: list[requests.Session] = []
        self._lines = Lines()

    def stop(self) -> None:
        """Have what waits for an answer raise `IndexFault`, and all that asks again."""
        self._lines.cut()

    def close(self) -> None:
        """Close all connections; asking again opens new ones."""
        for session in self._sessions:
            session.close()

    def get(self, url: str, *, accept: str, anew: bool = False) -> Answer:
        """Read one answer whole, on demand not from a cache on the way.

        Raises `Absent`, `IndexFault`.
        """
        headers = {"Accept": accept, **({"Cache-Control": "no-cache"} if anew else {})}
        with self.open(url, headers) as response:
            body = b"".join(self.chunks(response))
            kind = response.headers.get("Content-Type", "")
            return Answer(url=response.url, content_type=kind, body=body)

    @contextmanager
    def open(
        self, url: str, headers: Mapping[str, str] | None = None
    ) -> Iterator[requests.Response]:
        """Open an answer, to be read with `chunks` inside the context.

        Raises `Absent` where there is no such thing, `IndexFault` for all else that
        goes wrong, also while it is read.
        """
        with self.ask(url, headers) as response, _faults(url, self._patience):
            yield response

    def ask(
        self, url: str, headers: Mapping[str, str] | None = None
    ) -> requests.Response:
        """Give an answer whose body is still to be read, and itself to be closed.

        Raises `Absent`, `BadStatus` and any other `IndexFault`.
        """
        if self._offline:
            raise IndexFault(f"{_place(url)} was not asked: UV_OFFLINE is set")
        self._lines.check()
        with _faults(url, self._patience):
            response = self._session().get(
                url,
                headers=dict(headers or {}),
                stream=True,
                timeout=self._patience.answer,
                auth=self._credentials.get(_origin(url)),
                verify=self._trust(url),
            )
        try:
            _check(response, url)
        except BaseException:
            response.close()
            raise
        return response

    def chunks(self, response: requests.Response) -> Iterator[bytes]:
        """Yield an answer's decoded bytes. Raises `IndexFault` when it takes long."""
        end = monotonic() + self._patience.total
        for chunk in response.iter_content(CHUNK):
            if monotonic() > end:
                message = f"is not done after {self._patience.total:g} seconds"
                raise IndexFault(f"{_place(response.url)} {message}")
            yield chunk

    def _session(self) -> requests.Session:
        """Give this thread's session: requests' sessions are not made to be shared."""
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = requests.Session()
            adapter = self._lines.adapter(self._retry())
            session.mount("https://", adapter)
            session.mount("http://", adapter)
            self._local.session = session
            self._sessions.append(session)
        return session

    def _retry(self) -> Retry:
        """Retry what may pass by itself, and hand over the last answer as it is."""
        return Retry(
            total=self._patience.retries,
            backoff_factor=self._patience.backoff,
            backoff_max=self._patience.answer,
            # What a server asks for may be hours.
            respect_retry_after_header=False,
            status_forcelist=(408, 425, 429, 500, 502, 503, 504),
            raise_on_status=False,
        )

    def _trust(self, url: str) -> str | bool | None:
        """Say which certificates to trust; None leaves it to requests' own rules.

        Given with each request, as a session's would lose against the environment.
        """
        parts = urlsplit(url)
        if self._insecure & {"*", parts.hostname, f"{parts.hostname}:{parts.port}"}:
            return False
        return self._verify


@contextmanager
def _faults(url: str, patience: Patience) -> Iterator[None]:
    """Turn what requests and urllib3 raise into one clear line.

    Without the cause: its words quote the whole address, with what is secret in it.
    """
    try:
        yield
    except (requests.RequestException, HTTPError) as error:
        fault = IndexFault(f"{_place(url)} {_reason(error, patience)}")
    else:
        return
    raise fault from None


def _reason(error: Exception, patience: Patience) -> str:
    """Say in words what went wrong on the way."""
    if isinstance(error, requests.Timeout) or "timed out" in str(error).lower():
        return f"did not answer within {patience.answer:g} seconds"
    known = (words for kind, words in _REASONS if isinstance(error, kind))
    return next(known, f"could not be asked ({type(error).__name__})")


def _check(response: requests.Response, url: str) -> None:
    """Sort out the answers that are none."""
    status = response.status_code
    if status in _ABSENT:
        raise Absent
    if status in _REFUSED:
        advice = "check the credentials for this index"
        raise BadStatus(f"{_place(url)} refused access ({status}); {advice}", status)
    if status >= HTTPStatus.BAD_REQUEST:
        raise BadStatus(f"{_place(url)} answered with status {status}", status)


def _place(url: str) -> str:
    """Name an address for people, without its query and without secrets."""
    return redact(urlsplit(url)._replace(query="", fragment="").geturl())


def _origin(url: str) -> tuple[str, str | None, int | None]:
    """Tell what credentials are good for: scheme, host and port."""
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname, port


def _credentials(
    addresses: list[str],
) -> dict[tuple[str, str | None, int | None], tuple[str, str]]:
    """Collect who to be where; the first address of an origin wins.

    An index's pages link to files with addresses that leave its credentials out, and
    pip and uv both send them there all the same.
    """
    found: dict[tuple[str, str | None, int | None], tuple[str, str]] = {}
    for address in addresses:
        parts = urlsplit(address)
        if parts.username or parts.password:
            pair = (unquote(parts.username or ""), unquote(parts.password or ""))
            found.setdefault(_origin(address), pair)
    return found
