"""A simple index on the loopback, as well or as badly behaved as a test wants it."""

from __future__ import annotations

import base64
import json
import re
import sys
import threading
from collections import Counter
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from packaging.utils import canonicalize_name

from planted.manners import JSON, Manners, Mode, Served, Sins

__all__ = ["LoopbackIndex", "Manners", "Mode", "Sins"]


class LoopbackIndex:
    """Serves the wheels and sdists of a folder at `url` while its context lasts.

    `requests` counts what was asked for by path, without the query.
    """

    def __init__(self, folder: Path, manners: Manners | None = None) -> None:
        """Take a folder that may still be filled later."""
        self.folder = folder
        self.manners = manners or Manners()
        self.requests: Counter[str] = Counter()
        self.lock = threading.Lock()
        self.closing = threading.Event()

    def __enter__(self) -> Self:
        """Listen on a free port."""
        handler = type("Handler", (_Handler,), {"served": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}
        )
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop listening, and end the silences that still last."""
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def root(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        """The address of the index."""
        return f"{self.root}/simple/"

    def url_with(self, user: str, password: str) -> str:
        """Give the address of the index with credentials in it."""
        return self.url.replace("://", f"://{user}:{password}@")

    def sin(self, name: str) -> Sins:
        """Give the sins of a project or a file, to be added to."""
        return self.manners.sins.setdefault(name, Sins())

    def files(self) -> list[Path]:
        """Give what there is to serve, by name."""
        kinds = (".whl", ".tar.gz")
        return sorted(p for p in self.folder.iterdir() if p.name.endswith(kinds))


class _Server(ThreadingHTTPServer):
    """Does not mind clients that keep a line open, or that have had enough."""

    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Pass over a client that went away; anything else is a fault of ours."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type] # typeshed wants more than is used


class _Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    served: LoopbackIndex

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing: the test's own output is the place to look."""

    def do_HEAD(self) -> None:
        """Answer without a body."""
        self.do_GET()

    def do_GET(self) -> None:
        """Answer, after all sins are done."""
        path = unquote(urlsplit(self.path).path)
        with self.served.lock:
            self.served.requests[path] += 1
        self._answer(path)

    def _answer(self, path: str) -> None:
        """Find what is asked for."""
        if not self._allowed():
            login = {"WWW-Authenticate": 'Basic realm="planted"'}
            self._send(401, b"who are you?", "text/plain", login)
            return
        name = path.strip("/").rpartition("/")[2]
        sins = self.served.manners.sins.get(name, Sins())
        if sins.delay:
            self.served.closing.wait(sins.delay)
        if self._fails(sins):
            self._send(500, b"not now", "text/plain")
        elif sins.missing:
            self._send(404, b"no such thing", "text/plain")
        elif path == "/simple/":
            self._root()
        elif path.startswith("/simple/"):
            self._page(name, sins)
        else:
            self._file(name, sins)

    def _allowed(self) -> bool:
        """Tell whether the right user asks, where that matters."""
        wanted = self.served.manners.credentials
        if wanted is None:
            return True
        word = base64.b64encode(":".join(wanted).encode()).decode()
        return self.headers.get("Authorization") == f"Basic {word}"

    def _fails(self, sins: Sins) -> bool:
        """Use up one of the failures that are due."""
        with self.served.lock:
            due = sins.failures > 0
            sins.failures -= due
            return due

    def _root(self) -> None:
        """List the projects."""
        names = sorted({file.project for file in self._listed()})
        links = "".join(f'<a href="{name}/">{name}</a>' for name in names)
        self._send(200, f"<!DOCTYPE html>{links}".encode(), "text/html")

    def _page(self, name: str, sins: Sins) -> None:
        """List a project's files, in the manner that it has."""
        project = canonicalize_name(name)
        files = [file for file in self._listed() if file.project == project]
        if not files and sins.body is None:
            self._send(404, b"no such project", "text/plain")
            return
        mode = self.served.manners.modes.get(project, self.served.manners.mode)
        asks_json = JSON in self.headers.get("Accept", "")
        if mode == "json" and asks_json:
            page: Mapping[str, object] = {
                "meta": {"api-version": "1.1"},
                "name": project,
                "versions": [],
                "files": [file.as_json() for file in files],
            }
            body, kind = json.dumps(page).encode(), JSON
        else:
            times = mode == "html-times-with-json" and asks_json
            links = "\n".join(file.as_link(times=times) for file in files)
            body, kind = f"<!DOCTYPE html><body>{links}</body>".encode(), "text/html"
        age = self.served.manners.max_age
        headers = {} if age is None else {"Cache-Control": f"max-age={age}"}
        self._send(200, sins.body or body, kind, headers, truncated=sins.truncated)

    def _listed(self) -> list[Served]:
        """Give all files with what is told of them."""
        manners = self.served.manners
        return [Served(path=path, manners=manners) for path in self.served.files()]

    def _file(self, name: str, sins: Sins) -> None:
        """Serve a file, a part of it, or the metadata beside it."""
        path = self.served.folder / name.removesuffix(".metadata")
        if not path.is_file():
            self._send(404, b"no such file", "text/plain")
            return
        body = sins.body or path.read_bytes()
        if name.endswith(".metadata"):
            body = Served(path=path, manners=self.served.manners).core_metadata or b""
        asked = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        if not asked or not self.served.manners.ranges:
            kind = "application/octet-stream"
            self._send(200, body, kind, truncated=sins.truncated)
            return
        start, stop = _bounds(asked[1], asked[2], len(body))
        part = {"Content-Range": f"bytes {start}-{stop - 1}/{len(body)}"}
        self._send(
            206, body[start:stop], "application/zip", part, truncated=sins.truncated
        )

    def _send(
        self,
        status: int,
        body: bytes,
        kind: str,
        headers: Mapping[str, str] | None = None,
        *,
        truncated: bool = False,
    ) -> None:
        """Send an answer; of a truncated one only the first half comes."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if truncated:
            self.close_connection = True
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[: len(body) // 2] if truncated else body)


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """Read a range (RFC 9110), which may count from the end, as start and stop."""
    if not first:
        return max(0, size - int(last)), size
    return int(first), min(size, int(last) + 1 if last else size)
