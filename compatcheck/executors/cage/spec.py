"""What the house asks of one cage, as it comes over the wire."""

from __future__ import annotations

import json


class Spec:
    """The request of `compatcheck.executors.process`, paths absolute."""

    argv: list[str]
    cwd: str
    env: dict[str, str]
    stdout: str
    stderr: str
    scratch: str
    seconds: float
    memory: int
    processes: int
    file_size: int
    allow_network: bool
    namespaces: bool

    def __init__(self, line: bytes) -> None:
        """Read one line of JSON, written by the same release of this tool."""
        self.__dict__.update(json.loads(line))
