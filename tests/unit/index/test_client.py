"""What the indexes tell comes out whole, in order, and never as a guess."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from planted.loopback import LoopbackIndex, Manners, Mode
from planted.wheels import write_sdist, write_wheel

from compatcheck.errors import IndexFault
from compatcheck.index.client import Simple
from compatcheck.index.connected import Patience
from compatcheck.index.locations import IndexLocation, IndexSettings, Strategy
from compatcheck.model import Project

HASTE = Patience(answer=0.5, total=2.0, retries=2, backoff=0.01)
JANUARY = datetime(2024, 1, 1, tzinfo=UTC)


def settings(*urls: str, strategy: Strategy = "first-index") -> IndexSettings:
    """Give settings with these indexes, the last one as default."""
    last = len(urls) - 1
    indexes = (
        IndexLocation(url=url, default=place == last) for place, url in enumerate(urls)
    )
    return IndexSettings(indexes=tuple(indexes), strategy=strategy)


def ask(wanted: IndexSettings | str, name: str = "demo") -> Project | None:
    """Ask once, in haste."""
    if isinstance(wanted, str):
        wanted = settings(wanted)
    with Simple(wanted, patience=HASTE) as index:
        return index.project(name)


def told(wanted: IndexSettings | str, name: str = "demo") -> Project:
    """Ask for something that is there."""
    project = ask(wanted, name)
    assert project is not None
    return project


def versions(project: Project) -> list[str]:
    """Give the versions in order."""
    return [str(release.version) for release in project.releases]


@pytest.fixture
def index(tmp_path: Path) -> Iterator[LoopbackIndex]:
    """Serve demo 1.0, 1.10 and 1.9, the last one as a source distribution too."""
    folder = tmp_path / "served"
    for version in ("1.0", "1.10", "1.9"):
        files = {"demo.py": f"VERSION = {version!r}\n"}
        write_wheel(folder, "demo", version, files, requires_python=">=3.8")
    write_sdist(folder, "demo", "1.9")
    with LoopbackIndex(folder) as served:
        yield served


@pytest.fixture
def other(tmp_path: Path) -> Iterator[LoopbackIndex]:
    """Serve demo 1.9 and 2.0 on a second index."""
    folder = tmp_path / "other"
    for version in ("1.9", "2.0"):
        write_wheel(folder, "demo", version, {"demo.py": "OTHER = True\n"})
    with LoopbackIndex(folder) as served:
        yield served


def test_json_tells_everything(index: LoopbackIndex) -> None:
    """A JSON page gives times, hashes, yanks, Requires-Python and metadata flags."""
    wheel = "demo-1.9-py3-none-any.whl"
    index.manners.times[wheel] = "2024-05-06T09:30:00.25+02:00"
    index.manners.yanked[wheel] = "wrong licence"
    index.manners.yanked["demo-1.9.tar.gz"] = ""
    project = told(index.url, "Demo")
    assert project.distribution == "demo"
    assert versions(project) == ["1.0", "1.9", "1.10"]
    release = project.releases[1]
    assert release.yanked
    assert not project.releases[0].yanked
    first, second = release.files
    assert (first.filename, first.kind) == (wheel, "wheel")
    assert (second.filename, second.kind) == ("demo-1.9.tar.gz", "sdist")
    assert (first.yanked, second.yanked) == ("wrong licence", "")
    exact = datetime(2024, 5, 6, 7, 30, 0, 250_000, tzinfo=UTC)
    assert release.upload_time == exact
    assert first.upload_time is not None
    assert first.upload_time.tzinfo is UTC
    assert first.requires_python == ">=3.8"
    assert first.url == f"{index.root}/files/{wheel}"
    assert len(first.sha256 or "") == 64
    assert (first.has_metadata, second.has_metadata) == (True, False)


@pytest.mark.parametrize(
    ("mode", "time"),
    [("json", JANUARY), ("html", None), ("html-times-with-json", JANUARY)],
)
def test_html_tells_what_json_tells(
    index: LoopbackIndex, mode: Mode, time: datetime | None
) -> None:
    """All kinds of pages give the same files; times only where they are told."""
    index.manners.yanked["demo-1.0-py3-none-any.whl"] = 'not "good" & old'
    in_json = told(index.url)
    index.manners.mode = mode
    in_mode = told(index.url)
    assert versions(in_mode) == versions(in_json)
    for ours, theirs in zip(in_mode.releases, in_json.releases, strict=True):
        for file, same in zip(ours.files, theirs.files, strict=True):
            assert file.hashes == same.hashes
            assert file.url == same.url
            assert file.yanked == same.yanked
            assert file.requires_python == same.requires_python
            assert file.has_metadata == same.has_metadata
            assert file.upload_time == time


@pytest.mark.parametrize("key", ["core-metadata", "dist-info-metadata"])
@pytest.mark.parametrize("value", [True, {"sha256": "ab"}])
def test_metadata_flags_by_both_names(
    index: LoopbackIndex, key: str, value: object
) -> None:
    """The flag counts under the name before PEP 714 too, in JSON and in HTML."""
    wheel = "demo-1.0-py3-none-any.whl"
    page = {
        "meta": {"api-version": "1.99", "novelty": []},
        "name": "demo",
        "project-status": {"status": "not heard of yet"},
        "files": [{"filename": wheel, "url": f"/{wheel}", "hashes": {}, key: value}],
    }
    index.sin("demo").body = json.dumps(page).encode()
    assert told(index.url).releases[0].files[0].has_metadata
    index.manners.mode = "html"
    link = f'<a href="/{wheel}" data-{key}="sha256=ab">{wheel}</a>'
    novelty = '<meta name="pypi:repository-version" content="1.99">'
    index.sin("demo").body = f"{novelty}{link}".encode()
    assert told(index.url).releases[0].files[0].has_metadata


def test_names_that_say_nothing_are_passed_over(index: LoopbackIndex) -> None:
    """Eggs, odd versions, other distributions and plain nonsense are no releases."""
    names = (
        "demo-1.0-py3-none-any.whl",
        "demo-1.0.egg",
        "demo-one.two.tar.gz",
        "demo-1.0-whatever.whl",
        "demo_other-1.0.tar.gz",
        "../",
        "demo-1.1.tar.gz?x=1#md5=ff",
    )
    links = "".join(f'<a href="{name}">text</a>' for name in names)
    index.manners.mode = "html"
    index.sin("demo").body = links.encode()
    assert versions(told(index.url)) == ["1.0", "1.1"]


def test_an_unknown_name_is_none(index: LoopbackIndex) -> None:
    """A name that no index knows is None, asked for once and without retries."""
    assert ask(index.url, "nothing-here") is None
    assert index.requests["/simple/nothing-here/"] == 1


def test_a_page_without_a_release(index: LoopbackIndex) -> None:
    """A page that lists no usable file is a project without releases."""
    index.manners.mode = "html"
    index.sin("demo").body = b"<!DOCTYPE html>nothing yet"
    assert told(index.url).releases == ()


def test_failures_that_pass_are_retried(index: LoopbackIndex) -> None:
    """Status 500 twice and then an answer is an answer."""
    index.sin("demo").failures = 2
    assert versions(told(index.url)) == ["1.0", "1.9", "1.10"]
    assert index.requests["/simple/demo/"] == 3


def test_failures_that_stay_are_a_fault(index: LoopbackIndex) -> None:
    """Status 500 for as long as is asked is a fault that tells the status."""
    index.sin("demo").failures = 99
    with pytest.raises(IndexFault, match=r"/simple/demo/ answered with status 500"):
        ask(index.url)


def test_silence_is_a_fault(index: LoopbackIndex) -> None:
    """A server that does not answer in time is a fault that tells the limit."""
    index.sin("demo").delay = 30.0
    with pytest.raises(IndexFault, match=r"did not answer within 0\.2 seconds"):
        Simple(settings(index.url), patience=Patience(answer=0.2, retries=0)).project(
            "demo"
        )


@pytest.mark.parametrize("mode", ["json", "html"])
def test_a_truncated_page_is_a_fault(index: LoopbackIndex, mode: Mode) -> None:
    """A page that ends too early is a fault, not a project with fewer releases."""
    index.manners.mode = mode
    index.sin("demo").truncated = True
    with pytest.raises(IndexFault, match="broke off before"):
        ask(index.url)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"null",
        b'{"files": []}',
        b'{"meta": {"api-version": "2.0"}, "name": "demo", "files": []}',
        b'{"meta": {"api-version": "?"}, "name": "demo", "files": []}',
        b'{"meta": {"api-version": "1.0"}, "name": "demo", "files": [{}]}',
        b'{"meta": {"api-version": "1.0"}, "name": "demo", "files": [3]}',
        b"\xff\xfe{}",
    ],
)
def test_a_page_that_cannot_be_read_is_a_fault(
    index: LoopbackIndex, body: bytes
) -> None:
    """JSON that is broken, bent or of an unknown version is a fault."""
    index.sin("demo").body = body
    with pytest.raises(IndexFault, match=r"/simple/demo/ (answered with|speaks)"):
        ask(index.url)


def test_a_dead_server_is_a_fault(index: LoopbackIndex) -> None:
    """Nobody listening is a fault, and is found out once for each name only."""
    url = index.url
    index.__exit__(None, None, None)
    with Simple(settings(url), patience=HASTE) as simple:
        for _ in range(2):
            with pytest.raises(IndexFault, match="could not be reached"):
                simple.project("demo")


def test_credentials_in_the_address(index: LoopbackIndex) -> None:
    """The login in an index's address is used, for its pages."""
    index.manners.credentials = ("me", "p@ss/word")
    assert versions(told(index.url_with("me", "p%40ss%2Fword"))) == [
        "1.0",
        "1.9",
        "1.10",
    ]


@pytest.mark.parametrize("login", ["", "me:s3cret@", "t0ken-s3cret@"])
def test_refused_access_is_a_fault_without_the_secret(
    index: LoopbackIndex, login: str
) -> None:
    """Status 401 names the index and the mend; what was sent stays hidden."""
    index.manners.credentials = ("somebody", "else")
    with pytest.raises(IndexFault) as raised:
        ask(index.url.replace("://", f"://{login}"))
    told = str(raised.value)
    assert "refused access (401); check the credentials" in told
    assert f"127.0.0.1:{index.root.rpartition(':')[2]}" in told
    assert "s3cret" not in told
    assert raised.value.__cause__ is None


def test_first_index_stops_at_the_first_that_knows(
    index: LoopbackIndex, other: LoopbackIndex
) -> None:
    """In uv's manner an index that knows the name hides the later ones."""
    both = settings(index.url, other.url)
    assert versions(told(both)) == ["1.0", "1.9", "1.10"]
    assert other.requests.total() == 0
    index.sin("demo").missing = True
    assert versions(told(both)) == ["1.9", "2.0"]


@pytest.mark.parametrize("strategy", ["unsafe-best-match", "unsafe-first-match"])
def test_other_strategies_put_all_together(
    index: LoopbackIndex, other: LoopbackIndex, strategy: Strategy
) -> None:
    """In pip's manner the releases of all indexes count."""
    both = settings(index.url, other.url, strategy=strategy)
    assert versions(told(both)) == ["1.0", "1.9", "1.10", "2.0"]


def test_a_fault_of_one_index_is_a_fault(
    index: LoopbackIndex, other: LoopbackIndex
) -> None:
    """One index that fails is a fault even where another one would answer."""
    index.sin("demo").failures = 99
    with pytest.raises(IndexFault):
        ask(settings(index.url, other.url, strategy="unsafe-best-match"))


def test_the_same_file_twice_keeps_what_tells_more(
    index: LoopbackIndex, other: LoopbackIndex
) -> None:
    """Of one file on two indexes the one with a time is kept, else the first."""
    both = settings(index.url, other.url, strategy="unsafe-best-match")
    wheel = "demo-1.9-py3-none-any.whl"

    def origin() -> str:
        (file,) = told(both).releases[1].wheels
        assert file.places == 2
        return file.url.partition("/files/")[0]

    assert origin() == index.root
    index.manners.times[wheel] = None
    assert origin() == other.root


def test_find_links_of_every_kind(index: LoopbackIndex, tmp_path: Path) -> None:
    """Folders, pages on disk and pages on the network add to what indexes have."""
    flat, linked = tmp_path / "flat", tmp_path / "linked"
    write_wheel(flat, "demo", "3.0", {"demo.py": ""})
    write_wheel(flat, "unrelated", "9.0", {"unrelated.py": ""})
    (flat / "notes.txt").write_text("nothing", encoding="utf-8")
    wheel = write_wheel(linked, "demo", "4.0", {"demo.py": ""})
    page = tmp_path / "links.html"
    page.write_text(f'<a href="linked/{wheel.name}">it</a>', encoding="utf-8")
    wanted = IndexSettings(
        indexes=(),
        find_links=(flat.as_uri(), page.as_uri(), f"{index.url}demo/"),
    )
    with Simple(wanted, patience=HASTE) as simple:
        project = simple.project("demo")
        assert project is not None
        assert versions(project) == ["1.0", "1.9", "1.10", "3.0", "4.0"]
        assert project.releases[-1].files[0].url == wheel.as_uri()
        assert project.releases[-2].files[0].upload_time is None
        assert simple.project("nothing-here") is None
    assert index.requests["/simple/demo/"] == 1


def test_no_index_leaves_indexes_alone(index: LoopbackIndex, tmp_path: Path) -> None:
    """With no-index only find-links count."""
    write_wheel(tmp_path / "flat", "demo", "3.0", {"demo.py": ""})
    links = ((tmp_path / "flat").as_uri(),)
    location = IndexLocation(url=index.url, default=True)
    wanted = IndexSettings(indexes=(location,), find_links=links, no_index=True)
    assert versions(told(wanted)) == ["3.0"]
    assert index.requests.total() == 0


@pytest.mark.parametrize("kind", ["file", "http"])
def test_find_links_that_are_not_there(index: LoopbackIndex, kind: str) -> None:
    """A place that was named but is not there is a fault, as it is for uv."""
    link = "file:///nonexistent/x" if kind == "file" else f"{index.root}/nonexistent/"
    with pytest.raises(IndexFault, match="nonexistent"):
        ask(IndexSettings(indexes=(), find_links=(link,)))


def test_an_index_on_disk(tmp_path: Path) -> None:
    """An index may be a folder of pages; names without a page are unknown."""
    folder = tmp_path / "an index"
    write_wheel(folder / "files", "demo", "1.0", {"demo.py": ""})
    page = folder / "simple" / "demo" / "index.html"
    page.parent.mkdir(parents=True)
    link = "../../files/demo-1.0-py3-none-any.whl#sha256=AB"
    page.write_text(f'<a href="{link}">x</a>', encoding="utf-8")
    url = (folder / "simple").as_uri()
    (release,) = told(url).releases
    assert release.files[0].sha256 == "ab"
    assert (
        release.files[0].url
        == (folder / "files" / "demo-1.0-py3-none-any.whl").as_uri()
    )
    assert ask(url, "other") is None
    page.write_bytes(b"\xff")
    with pytest.raises(IndexFault, match="cannot be read"):
        ask(url)


def test_each_name_is_asked_for_once(index: LoopbackIndex) -> None:
    """Many threads that want one name at the same time cause one request."""
    index.sin("demo").delay = 0.1
    start = threading.Barrier(8)
    with Simple(settings(index.url)) as simple, ThreadPoolExecutor(8) as pool:

        def wait_and_ask(name: str) -> Project | None:
            start.wait(timeout=10)
            return simple.project(name)

        answers = list(pool.map(wait_and_ask, ["demo", "Demo"] * 4))
    assert all(answer is answers[0] for answer in answers)
    assert index.requests["/simple/demo/"] == 1


def test_manners_change_while_served(tmp_path: Path) -> None:
    """Each project of the planted index can have a manner of its own."""
    write_wheel(tmp_path, "demo", "1.0", {"demo.py": ""})
    manners = Manners(modes={"demo": "html"})
    with LoopbackIndex(tmp_path, manners) as served:
        assert told(served.url).releases[0].upload_time is None
