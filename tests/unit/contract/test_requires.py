"""What metadata says of other distributions, and proven contradictions."""

from __future__ import annotations

import pytest
from packaging.version import Version

from compatcheck.contract.requires import direct_conflict, requires
from compatcheck.model import Pin, WheelContents

MARKERS = {
    "implementation_name": "cpython",
    "implementation_version": "3.11.4",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_release": "6.1",
    "platform_system": "Linux",
    "platform_version": "#1",
    "python_full_version": "3.11.4",
    "python_version": "3.11",
    "sys_platform": "linux",
}


def wheel(
    *requires_dist: str, name: str = "chat", python: str | None = None
) -> WheelContents:
    """Make a consumer that requires these."""
    return WheelContents(
        distribution=name,
        version=Version("1.2.0"),
        requires_dist=requires_dist,
        requires_python=python,
        roots=(name,),
        stubs_only=False,
    )


def pin(distribution: str, version: str, *extras: str) -> Pin:
    """Choose a release."""
    return Pin(distribution=distribution, version=Version(version), extras=extras)


@pytest.mark.parametrize(
    ("line", "extras", "applies"),
    [
        ("agents>=0.3.2", (), True),
        ("Agents (>=0.3.2)", (), True),
        ("agents @ https://example.invalid/agents.whl", (), True),
        ("agents-more>=1", (), False),
        ("agents; python_version >= '3.11'", (), True),
        ("agents; python_version < '3.11'", (), False),
        ("agents; sys_platform == 'win32'", (), False),
        ("agents; extra == 'voice'", (), False),
        ("agents; extra == 'voice'", ("voice",), True),
        ("agents; extra == 'My.Voice'", ("my-voice",), True),
        ("agents; extra == 'voice'", ("other", "voice"), True),
        ("agents; extra == 'voice' and python_version < '3'", ("voice",), False),
        ("agents; extra != 'voice'", ("voice",), True),
        ("agents >=1.0.*.*", (), False),
        ("agents; platform_machine ~= 'no version'", (), False),
    ],
)
def test_requires(
    line: str,
    extras: tuple[str, ...],
    applies: bool,  # noqa: FBT001 - a table's column
) -> None:
    """A requirement counts where its name fits and its marker holds."""
    found = requires(wheel(line), "Agents", MARKERS, extras)
    assert bool(found) is applies


def test_every_line_of_the_provider_is_given() -> None:
    """A provider that is required twice is told twice, in the order of the metadata."""
    consumer = wheel("agents<1", "other", "agents>=0.3; python_version>'3'")
    found = requires(consumer, "agents", MARKERS)
    assert [str(it.specifier) for it in found] == ["<1", ">=0.3"]


def test_extras_that_are_made_of_extras() -> None:
    """`chat[all]` that requires `chat[voice]` brings what voice requires."""
    consumer = wheel(
        "chat[most]; extra == 'all'",
        "Chat[voice]; extra == 'most'",
        "agents; extra == 'voice'",
    )
    assert requires(consumer, "agents", MARKERS, ("all",))
    assert not requires(consumer, "agents", MARKERS, ("other",))


@pytest.mark.parametrize(
    ("consumer", "version", "reason"),
    [
        (wheel("agents>=0.3.2"), "0.3.1", "chat 1.2.0 requires agents>=0.3.2"),
        (wheel("Agents<2,>=1"), "2.0", "chat 1.2.0 requires agents<2,>=1"),
        (wheel("agents>=0.3.2"), "0.3.2", None),
        (wheel("agents>=0.3.2"), "0.4.0rc1", None),
        (wheel("agents"), "0.1", None),
        (wheel("agents<1", "agents<0.5"), "0.6", "chat 1.2.0 requires agents<0.5"),
        (wheel("agents<1; sys_platform == 'win32'"), "2", None),
        (wheel("agents<1; extra == 'voice'"), "2", "chat 1.2.0 requires agents<1"),
        (wheel("agents<1; extra == 'more'"), "2", None),
        (wheel("agents @ https://example.invalid/agents-1.whl"), "2", None),
        (wheel("agents <1.*.*"), "2", None),
        (wheel("elsewhere<1"), "2", None),
        (wheel("chat>=9"), "2", "chat 1.2.0 requires chat>=9"),
        (wheel(python=">=3.12"), "2", "chat 1.2.0 requires Python >=3.12"),
        (wheel(python=">=3.11,<4"), "2", None),
        (wheel(python=">=3.11.4"), "2", None),
        (wheel(python="!=3.11.*"), "2", "chat 1.2.0 requires Python !=3.11.*"),
        (wheel(python="nonsense"), "2", None),
    ],
)
def test_direct_conflict(
    consumer: WheelContents, version: str, reason: str | None
) -> None:
    """Two pins contradict each other exactly where one's metadata says so."""
    pins = [pin("chat", "1.2.0", "voice"), pin("agents", version)]
    contents = {"chat": consumer, "agents": wheel(name="agents")}
    assert direct_conflict(pins, contents, MARKERS) == reason


def test_the_first_pin_speaks_first() -> None:
    """Of several contradictions the first in the order of the pins is told."""
    contents = {
        "chat": wheel("agents<1"),
        "agents": wheel("chat>2", name="agents", python="<3"),
    }
    pins = [pin("agents", "2"), pin("chat", "1.2.0")]
    assert direct_conflict(pins, contents, MARKERS) == "agents 2 requires Python <3"
    pins.reverse()
    assert direct_conflict(pins, contents, MARKERS) == "chat 1.2.0 requires agents<1"


@pytest.mark.parametrize("python", ["3.14.0rc1", "3.14.0+", "3.14.0a2+"])
def test_a_python_that_is_not_out_yet(python: str) -> None:
    """A Python on its way counts as the release that it leads to."""
    markers = {**MARKERS, "python_full_version": python}
    contents = {"chat": wheel(python=">=3.14")}
    assert direct_conflict([pin("chat", "1.2.0")], contents, markers) is None


def test_a_wheel_that_was_not_read() -> None:
    """What is not known proves nothing."""
    assert direct_conflict([pin("chat", "1.2.0")], {}, MARKERS) is None
