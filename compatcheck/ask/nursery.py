"""One caged interpreter that stays, and the tree of its forks: what cells share.

A cell's distributions are layers: what nobody varies, then each axis, providers first.
A node has imported some layers; the last one is imported by the cell's own fork, which
tells if it might be another than a fresh interpreter (`guest/_compatcheck_sameness`).
"""

from __future__ import annotations

import json
import os
import shutil
from collections import OrderedDict
from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from compatcheck.ask.nodes import Layer, Node
from compatcheck.ask.notes import how_ended
from compatcheck.ask.visit import Prepared, fresh_request
from compatcheck.environments.venv import Venv
from compatcheck.errors import EnvironmentFault
from compatcheck.executors.cages import Cage, awaited
from compatcheck.executors.process import Ended, Limits, staying
from compatcheck.model import Interpreter

_MOST_NODES: Final = 12
"""Interpreters that wait; each has some 50 to 150 MB of its own."""
_MOST_FIRST: Final = 5
"""Of these, how many have the first layer alone: what takes longest to import."""
_LONGEST: Final = 86_400.0
"""Seconds that a nursery lives."""
_GRACE: Final = 10.0
"""Seconds beyond its limit after which a node counts as hung."""
_WRITABLE: Final = ("home", "tmp", "work", "scenarios", "control")


@dataclass(slots=True, kw_only=True)
class Nursery:
    """The nodes of one cage, which is asked one thing at a time."""

    cage: Cage
    venv: Venv
    """Where they all run; filled anew for each cell."""
    scratch: Path
    _answers: int
    _limits: Limits
    _orders: int = 0
    _nodes: OrderedDict[tuple[Layer, ...], Node] = field(default_factory=OrderedDict)
    _refused: dict[tuple[Layer, ...], tuple[str, ...]] = field(default_factory=dict)
    """What cannot be grown, and what of its shared modules was there too early."""
    broken: bool = False

    def node(self, layers: tuple[Layer, ...], apart: Sequence[str] = ()) -> Node | None:
        """The node with these layers, grown if there is none; None where it refuses.

        It learns which modules have nothing to do with the folders `apart`.
        Raises `EnvironmentFault` where the nursery is broken.
        """
        if layers in self._refused:
            return None
        if layers not in self._nodes:
            parent = self.node(layers[:-1], apart)
            if parent is None or self._grow(parent, layers, apart) is None:
                return None
        # The shallowest last: what most cells share is what costs most to grow.
        for depth in reversed(range(len(layers) + 1)):
            if layers[:depth] in self._nodes:
                self._nodes.move_to_end(layers[:depth])
        return self._nodes[layers]

    def late(self, layers: tuple[Layer, ...]) -> tuple[str, ...]:
        """Shared modules that were there too early: why these layers were refused.

        A fresh interpreter would begin them when others had been changed already, or
        not at all. The layers might be grown where the last of them imports those
        itself, if it does.
        """
        return self._refused.get(layers, ())

    def waiting(self, layers: tuple[Layer, ...]) -> Node | None:
        """The node with these layers, if it waits."""
        return self._nodes.get(layers)

    def shared(self, sites: Collection[str]) -> int:
        """How many of a cell's folders are on the path of a node that could serve it.

        One whose path has any other folder could not.
        """
        paths = [[s for layer in it for s in layer.sites] for it in self._nodes]
        return max((len(it) for it in paths if all(s in sites for s in it)), default=0)

    def sit(
        self,
        node: Node,
        prepared: Prepared,
        *,
        sites: Sequence[str],
        peeks: Mapping[str, Sequence[str]],
        own: Sequence[str],
    ) -> Ended:
        """Have a fork of that node sit in a cell with further folders on its path.

        What lies beside scenarios comes behind them, where it is on the path. What is
        imported of the first folder of `own`, and what of none, is to be learned.
        Raises `EnvironmentFault` where the nursery is broken.
        """
        seconds = prepared.request.limits.seconds
        answer = self._order(
            node,
            {
                "do": "visit",
                "scratch": str(self.scratch),
                "control": str(prepared.control),
                "work": str(prepared.request.cwd),
                "sites": list(sites),
                "peeks": peeks,
                "last": list(prepared.families),
                "own": list(own),
                "seconds": seconds,
                "keep": [it.process for key, it in self._nodes.items() if key],
            },
            seconds,
        )
        ended = how_ended(answer.get("how", {}))
        if ended is None:
            raise EnvironmentFault(f"no fork: {answer}")
        return ended

    def _grow(
        self, parent: Node, layers: tuple[Layer, ...], apart: Sequence[str]
    ) -> Node | None:
        seconds, place = self._limits.seconds, self.scratch / f"node-{self._orders}"
        orders = _pipe(place)
        order = {
            "do": "grow",
            "name": place.name,
            "work": str(self.scratch / "work"),
            "writable": [str(self.scratch / name) for name in ("home", "tmp", "work")],
            "sites": layers[-1].sites,
            "modules": layers[-1].modules,
            "apart": list(apart),
            "seconds": seconds,
        }
        match self._order(parent, order, seconds):
            case {"process": int(process), **told}:
                node = Node(
                    orders=orders,
                    place=place,
                    process=process,
                    learned=tuple(told.get("learned", ())),
                    used=tuple(told.get("used", ())),
                    every=bool(told.get("every")),
                )
                self._make_room()
                self._nodes[layers] = node
                return node
            case {"refused": str(), **told}:
                os.close(orders)
                place.unlink()
                self._refused[layers] = tuple(told.get("late", ()))
                return None
            case answer:
                raise EnvironmentFault(f"no node: {answer}")

    def _make_room(self) -> None:
        """End what was not used for the longest time, deeper nodes first; not the root.

        A node that stays can grow anew whatever it had.
        """
        while len(self._nodes) > _MOST_NODES:
            first = [it for it in self._nodes if len(it) == 1]
            deeper = [it for it in self._nodes if len(it) > 1]
            ended = first if len(first) > _MOST_FIRST or not deeper else deeper
            self.end(ended[0])

    def end(self, layers: tuple[Layer, ...]) -> None:
        """End the node with these layers, if it waits: nobody will ask it again."""
        node = self._nodes.pop(layers, None)
        if node is None:
            return
        os.write(node.orders, self._written({"do": "end"}))
        node.place.unlink()
        os.close(node.orders)

    def begin(self) -> None:
        """Wait until the root is there; before, its environment must stay empty.

        Raises `EnvironmentFault` where it does not start.
        """
        self._await(b"root\n", self._limits.seconds)

    def _await(self, line: bytes, seconds: float) -> None:
        with awaited(self.cage):
            self.cage.wait_for(self._answers, seconds + _GRACE)
        if os.read(self._answers, 4096) != line:
            raise EnvironmentFault("the nursery answers what was not asked")

    def _order(
        self, node: Node, order: Mapping[str, Any], seconds: float
    ) -> dict[str, Any]:
        line = self._written(order)
        self.broken = True  # unless all goes well
        os.write(node.orders, line)
        self._await(line, seconds)
        place = self.scratch / f"answer-{line.decode().strip()}"
        try:
            answer: dict[str, Any] = json.loads(place.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise EnvironmentFault("the nursery's answer is gone") from error
        place.unlink()
        self.broken = False
        return answer

    def _written(self, order: Mapping[str, Any]) -> bytes:
        """Write an order down; the line that tells of it."""
        self._orders += 1
        name = f"order-{self._orders}"
        (self.scratch / name).write_text(json.dumps(order), encoding="utf-8")
        return f"{name}\n".encode()

    def sweep_up(self) -> None:
        """Take away what a cell has left."""
        for name in _WRITABLE:
            shutil.rmtree(self.scratch / name, ignore_errors=True)
        for place in self.scratch.glob("order-*"):
            place.unlink(missing_ok=True)
        for name in ("stdout", "stderr"):
            (self.scratch / name).unlink(missing_ok=True)


@contextmanager
def nursery(
    venv: Venv,
    interpreter: Interpreter,
    scratch: Path,
    limits: Limits,
    probes: Sequence[Path],
) -> Generator[Nursery]:
    """A nursery whose forks run in that environment and write below `scratch`.

    `probes` are the files that any sitting asks.
    Raises `EnvironmentFault` when it cannot be started.
    """
    with ExitStack() as stack:
        place = scratch / "root"
        root, answers = _pipe(place), _pipe(scratch / "answers")
        stack.callback(os.close, root)
        stack.callback(os.close, answers)
        files = json.dumps([str(path) for path in probes])
        (scratch / "probes.json").write_text(files, encoding="utf-8")
        request = fresh_request(
            venv, interpreter, scratch, replace(limits, seconds=_LONGEST)
        )
        *command, _ = request.argv
        request = replace(
            request,
            argv=(*command, "--nursery", str(scratch)),
            cwd=scratch,
            stdout=scratch / "nursery-output",
            stderr=scratch / "nursery-output",
        )
        first = Node(
            orders=root, place=place, process=0, learned=(), used=(), every=False
        )
        made = Nursery(
            cage=stack.enter_context(staying(request)),
            venv=venv,
            scratch=scratch,
            _answers=answers,
            _limits=limits,
            _nodes=OrderedDict({(): first}),
        )
        made.begin()
        yield made


def _pipe(place: Path) -> int:
    """Make a pipe with a name, and open it so that neither end waits for the other."""
    with suppress(FileExistsError):
        os.mkfifo(place, 0o600)
    return os.open(place, os.O_RDWR)
