"""What a gate decides of upgrades of which the truth is known, in every format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from conftest import Command, Said
from planted import validity
from planted.projects import begin
from planted.upgrades import UPGRADES, Upgrade

FORMATS = ("json", "sarif", "junit", "markdown", "github", "text")


class Told:
    """A decision, as each format tells it."""

    def __init__(self, said: Said, folder: Path) -> None:
        """Read what the formats wrote."""
        self.said = said
        self.text = {name: (folder / name).read_text("utf-8") for name in FORMATS}
        self.json: dict[str, Any] = json.loads(self.text["json"])
        self.sarif: dict[str, Any] = json.loads(self.text["sarif"])
        self.junit = ET.fromstring(self.text["junit"])  # noqa: S314 - our own
        self.ids = [it["id"] for it in self.json["findings"]]


def decide(upgrade: Upgrade, command: Command, links: Path) -> Told:
    """Plant an upgrade in a repository, and gate it."""
    upgrade.plant(links)
    project = begin(command.folder, upgrade.files(upgrade.before))
    project.write(upgrade.files(upgrade.after))
    project.commit("raise")
    command.variables.update(upgrade.variables)
    wanted = [word for name in FORMATS for word in ("-f", f"{name}=told/{name}")]
    said = command("gate", "--base", "main", *wanted)
    assert (command.folder / "told").is_dir(), said.err
    return Told(said, command.folder / "told")


@pytest.mark.parametrize("upgrade", UPGRADES, ids=lambda it: it.name)
def test_every_format_tells_the_right_decision(
    upgrade: Upgrade, command: Command, links: Path
) -> None:
    """Verdict, exit code, blame and remedy are right, and the same in every format."""
    told = decide(upgrade, command, links)

    assert told.said.code == upgrade.code, told.text["text"]
    assert told.json["verdict"] == upgrade.verdict
    found = [it for it in told.json["findings"] if it["status"] == upgrade.status]
    if upgrade.stage is None:
        assert told.json["findings"] == []
    else:
        first = found[0]
        assert first["stage"] == upgrade.stage, told.text["text"]
        blamed = tuple(it["distribution"] for it in first["upgrades"])
        assert blamed == upgrade.blamed, told.text["text"]
        if upgrade.rule is not None:
            assert first["rule"] == upgrade.rule, told.text["text"]
        ways = first["ways"]
        assert (ways[0]["command"] if ways else None) == upgrade.remedy
        assert all(it["verified"] for it in ways[:1])
        for name in ("text", "markdown"):
            assert upgrade.verdict in told.text[name].splitlines()[0]
        for name in FORMATS:
            assert first["id"] in told.text[name], name
            assert upgrade.remedy is None or upgrade.remedy in told.text[name], name
            for name_of in upgrade.blamed:
                assert name_of in told.text[name], name
    _is_what_its_schema_wants(told, command.folder)


def _is_what_its_schema_wants(told: Told, folder: Path) -> None:
    """The log is valid SARIF 2.1.0, and each result has a file, a line and its id."""
    validity.check(told.sarif, told.sarif["$schema"])
    (run,) = told.sarif["runs"]
    results = run["results"]
    assert [it["partialFingerprints"]["compatcheckGate/v1"] for it in results] == (
        told.ids
    )
    for result in results:
        (location,) = result["locations"]
        place = location["physicalLocation"]
        assert (folder / place["artifactLocation"]["uri"]).is_file()
        assert place["region"]["startLine"] >= 1
        assert (
            run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"]
            == (result["ruleId"])
        )
