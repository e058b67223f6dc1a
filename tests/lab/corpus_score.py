"""Asks `compatcheck doctor` about every failure of a corpus, and counts.

`python tests/lab/corpus_score.py --work FOLDER [--try] [--sample N] [CORPUS]`

Each failure is rebuilt below FOLDER (and stays there for the next run), then told to
the doctor as its user would. Right: the first diagnosis names the true cause. Wrong: it
names another. A failure that is not seen any more is told apart and counts as neither.
Exits 1 if anything is wrong or undetermined beyond what the options allow.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from rebuilding import CORPUS, Recipe, World, read_corpus, rebuild

_PATIENCE: Final = 1200.0
_JOBS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the doctor said of one failure."""

    id: str
    true: str
    told: str
    """A rule, `undetermined`, `not seen` or `not built`."""
    title: str
    verified: bool | None
    """Whether a remedy was seen to work; None where none was tried."""
    seconds: float

    @property
    def mark(self) -> str:
        """`right`, `undetermined`, `wrong` or `gone`."""
        if self.told in ("not seen", "not built"):
            return "gone"
        if self.told == self.true:
            return "right"
        return "undetermined" if self.told == "undetermined" else "wrong"


def main() -> int:
    """Ask and count."""
    options = _options()
    recipes = read_corpus(options.corpus)
    if options.sample:
        recipes = _sample(recipes, options.sample)
    if options.only:
        recipes = [it for it in recipes if it.id in options.only]
    work = options.work.absolute()
    with ThreadPoolExecutor(_JOBS) as pool:
        asked = pool.map(lambda it: _asked(it, work, tried=options.tried), recipes)
        answers = []
        for answer in asked:
            answers.append(answer)
            _say(answer)
    return _counted(answers, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", nargs="?", type=Path, default=CORPUS)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--try", dest="tried", action="store_true")
    parser.add_argument("--sample", type=int, help="so many, spread over the causes")
    parser.add_argument("--only", action="append", help="the id of one failure")
    parser.add_argument("--output", type=Path, help="the answers as JSON")
    parser.add_argument("--most-wrong", type=int, default=2)
    parser.add_argument("--least-right", type=float, default=56 / 64)
    return parser.parse_args()


def _sample(recipes: Sequence[Recipe], wanted: int) -> list[Recipe]:
    """A fixed choice: one of each cause, then the next of each."""
    seen = Counter[str]()
    ranked = []
    for recipe in recipes:
        ranked.append((seen[recipe.cause], recipe.id, recipe))
        seen[recipe.cause] += 1
    return [recipe for *_, recipe in sorted(ranked, key=lambda it: it[:2])[:wanted]]


def _asked(recipe: Recipe, work: Path, *, tried: bool) -> Answer:
    built = rebuild(recipe, work / "worlds", work / "uv")
    if isinstance(built, str):
        return _answer(recipe, "not built", built, 0.0)
    started = time.monotonic()
    told = _doctor(built, work, tried=tried)
    seconds = time.monotonic() - started
    if told.get("failure") is None:
        return _answer(recipe, "not seen", str(told)[:200], seconds)
    first = told["diagnoses"][0]
    marks = [it["verified"] for it in first["remedies"]]
    verified = any(marks) if any(it is not None for it in marks) else None
    return _answer(recipe, first["rule"], first["title"], seconds, verified=verified)


def _answer(
    recipe: Recipe,
    told: str,
    title: str,
    seconds: float,
    *,
    verified: bool | None = None,
) -> Answer:
    return Answer(
        id=recipe.id,
        true=recipe.cause,
        told=told,
        title=title,
        verified=verified,
        seconds=round(seconds, 1),
    )


def _doctor(world: World, work: Path, *, tried: bool) -> dict[str, Any]:
    environ = {**world.environ, "COMPATCHECK_CACHE": str(work / "cache")}
    ended = subprocess.run(
        [
            *(sys.executable, "-I", "-m", "compatcheck", "doctor", "-f", "json"),
            *("--python", str(world.python)),
            *(("--try",) if tried else ()),
            *world.replay(),
        ],
        cwd=world.folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE,
    )
    try:
        told: dict[str, Any] = json.loads(ended.stdout)
    except ValueError:
        return {"failure": None, "said": ended.stderr[-500:]}
    return told


def _say(answer: Answer) -> None:
    remedy = {True: "mended", False: "not mended", None: ""}[answer.verified]
    print(
        f"{answer.mark:12} {answer.id:36} {answer.told:26}"
        f" {remedy:10} {answer.seconds:6.1f} s"
        + ("" if answer.mark == "right" else f"  (true: {answer.true}) {answer.title}"),
        flush=True,
    )


def _counted(answers: Sequence[Answer], options: argparse.Namespace) -> int:
    marks = Counter(it.mark for it in answers)
    mended = sum(it.verified is True for it in answers)
    print(
        f"{len(answers)} failures: {marks['right']} right,"
        f" {marks['undetermined']} undetermined, {marks['wrong']} wrong,"
        f" {marks['gone']} not seen any more; remedies verified: {mended}"
    )
    if options.output:
        told = [asdict(it) for it in answers]
        options.output.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    enough = marks["right"] >= options.least_right * len(answers)
    return 0 if marks["wrong"] <= options.most_wrong and enough else 1


if __name__ == "__main__":
    raise SystemExit(main())
