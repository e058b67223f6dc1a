"""Whoever waits for an index is freed when the lines are cut, and nobody asks again."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import wait_until
from planted.loopback import LoopbackIndex
from planted.wheels import write_wheel

from compatcheck.errors import IndexFault
from compatcheck.index.archives import RemoteArchives
from compatcheck.index.client import Simple
from compatcheck.index.connected import Client
from compatcheck.index.locations import IndexLocation, IndexSettings

WHEEL = "demo-1.0-py3-none-any.whl"
SILENCE = 60.0
"""Seconds: four times as long as anybody waits for an answer, and asks again."""


@pytest.fixture
def index(tmp_path: Path) -> Iterator[LoopbackIndex]:
    """Serve one wheel."""
    write_wheel(tmp_path, "demo", "1.0", {"demo.py": "X = 1\n"})
    with LoopbackIndex(tmp_path) as served:
        yield served


@pytest.fixture
def settings(index: LoopbackIndex) -> IndexSettings:
    """Where that is."""
    return IndexSettings(indexes=(IndexLocation(url=index.url, default=True),))


def freed(ask: Callable[[], object], client: Client, waits: Callable[[], bool]) -> str:
    """What is raised for who asks, once it waits and the client is stopped."""
    said = list[str]()

    def asking() -> None:
        with pytest.raises(IndexFault) as caught:
            ask()
        said.append(str(caught.value))

    thread = threading.Thread(target=asking)
    thread.start()
    wait_until(waits)
    client.stop()
    thread.join(10)
    (words,) = said
    return words


def test_who_waits_for_a_page_is_freed(
    index: LoopbackIndex, settings: IndexSettings
) -> None:
    """At once, and it is no fault of the index's."""
    index.sin("demo").delay = SILENCE
    with Simple(settings) as simple:

        def waits() -> bool:
            return index.requests["/simple/demo/"] > 0

        assert freed(lambda: simple.project("demo"), simple, waits) == "stopped"
        with pytest.raises(IndexFault, match=r"^stopped$"):
            simple.project("other")
    assert index.requests["/simple/other/"] == 0


@pytest.mark.parametrize("whole", [False, True], ids=["in parts", "whole"])
def test_who_waits_for_a_wheel_is_freed(
    index: LoopbackIndex, settings: IndexSettings, *, whole: bool
) -> None:
    """On a connection that has served before, too."""
    with Simple(settings) as simple:
        project = simple.project("demo")
    assert project is not None
    (file,) = project.releases[0].files
    with RemoteArchives(settings) as archives:

        def read() -> bytes:
            with archives.open(file, whole=whole) as wheel:
                return wheel.read("demo.py")

        assert read() == b"X = 1\n"
        before = index.requests[f"/files/{WHEEL}"]
        index.sin(WHEEL).delay = SILENCE

        def waits() -> bool:
            return index.requests[f"/files/{WHEEL}"] > before

        assert freed(read, archives, waits) == "stopped"


def test_who_waits_for_a_proxy_is_freed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It stands between, and is as silent as an index can be."""
    location = IndexLocation(url="http://index.example.invalid/simple", default=True)
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        address = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        monkeypatch.setenv("http_proxy", address)
        with Simple(IndexSettings(indexes=(location,))) as simple:

            def waits() -> bool:
                line, _ = proxy.accept()
                lines.append(line)
                return line.recv(65536).startswith(b"GET http://index.example.invalid/")

            lines = list[socket.socket]()
            assert freed(lambda: simple.project("demo"), simple, waits) == "stopped"
        for line in lines:
            line.close()


def test_who_was_stopped_before_asking_asks_nobody(
    index: LoopbackIndex, settings: IndexSettings
) -> None:
    """No connection is opened for it."""
    with Simple(settings) as simple:
        simple.stop()
        with pytest.raises(IndexFault, match=r"^stopped$"):
            simple.project("demo")
    assert not index.requests
