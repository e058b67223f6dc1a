"""The indexes are those that the user has configured, in the order of who says so."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pypi_simple import PYPI_SIMPLE_ENDPOINT

from compatcheck.errors import UsageError
from compatcheck.index.settings import (
    IndexSettings,
    places_with_times,
    read_index_settings,
    uv_environment,
)

A = "https://a.example.invalid/simple"
B = "https://b.example.invalid/simple"
C = "https://c.example.invalid/simple"


@dataclass
class Machine:
    """A machine of its own: folders for the system, the user, a project."""

    base: Path
    variables: dict[str, str] = field(default_factory=dict)

    def write(self, path: str, text: str) -> Path:
        """Write a file below the base."""
        target = self.base / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        return target

    def read(self, folder: str = "project") -> IndexSettings:
        """Read what holds for a user who works in a folder."""
        (self.base / folder).mkdir(parents=True, exist_ok=True)
        environ = {"HOME": str(self.base / "home"), **self.variables}
        return read_index_settings(
            environ,
            self.base / folder,
            etc=self.base / "etc",
            prefix=self.base / "prefix",
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Give a machine on which nothing is configured."""
    return Machine(tmp_path)


def urls(settings: IndexSettings) -> list[str]:
    """Give the addresses in order."""
    return [index.url for index in settings.indexes]


def test_nothing_configured_is_the_usual_index(machine: Machine) -> None:
    """Without any configuration there is one index, the one everybody uses."""
    settings = machine.read()
    assert urls(settings) == [PYPI_SIMPLE_ENDPOINT]
    assert settings.indexes[0].default
    assert settings.strategy == "first-index"
    assert settings.origin == "the default index"


def test_uv_variables(machine: Machine) -> None:
    """The variables of uv name indexes with logins, folders and a strategy."""
    machine.variables = {
        "UV_DEFAULT_INDEX": A,
        "UV_INDEX": f"corp={B} {C}",
        "UV_INDEX_CORP_USERNAME": "me",
        "UV_INDEX_CORP_PASSWORD": "p@ss",
        "UV_FIND_LINKS": "wheels,https://f.example.invalid/",
        "UV_INDEX_STRATEGY": "unsafe-first-match",
        "UV_INSECURE_HOST": "localhost:8080 other",
        "SSL_CERT_FILE": "/ca.pem",
    }
    settings = machine.read()
    assert urls(settings) == [B.replace("//", "//me:p%40ss@"), C, A]
    assert settings.indexes[0].name == "corp"
    assert settings.find_links == (
        (machine.base / "project/wheels").as_uri(),
        "https://f.example.invalid/",
    )
    assert settings.strategy == "unsafe-first-match"
    assert settings.insecure_hosts == ("localhost:8080", "other")
    assert settings.certificates == Path("/ca.pem")
    assert settings.origin == "UV_* variables"


def test_uv_older_variables(machine: Machine) -> None:
    """The names that uv calls deprecated still count, after the newer ones."""
    machine.variables = {"UV_INDEX_URL": A, "UV_EXTRA_INDEX_URL": B, "UV_INDEX": C}
    assert urls(machine.read()) == [C, B, A]


def test_uv_strategy_that_does_not_exist(machine: Machine) -> None:
    """A strategy that uv does not know is a usage error that lists the known ones."""
    machine.variables = {"UV_INDEX_STRATEGY": "best"}
    with pytest.raises(UsageError, match=r"UV_INDEX_STRATEGY: 'best'.*first-index"):
        machine.read()


def test_uv_project_file(machine: Machine) -> None:
    """The nearest table of uv counts, and of it all but explicit indexes."""
    machine.write(
        "work/pyproject.toml",
        f"""
        [tool.uv]
        index-strategy = "unsafe-best-match"
        find-links = ["wheels"]
        no-index = false
        [[tool.uv.index]]
        name = "one"
        url = "{A}"
        [[tool.uv.index]]
        url = "{B}"
        explicit = true
        name = "never"
        [[tool.uv.index]]
        url = "https://flat.example.invalid/"
        format = "flat"
        [[tool.uv.index]]
        url = "{C}"
        default = true
        """,
    )
    machine.write("work/deep/pyproject.toml", "[project]\nname = 'x'\n")
    settings = machine.read("work/deep/er")
    assert urls(settings) == [A, C]
    assert settings.find_links == (
        (machine.base / "work/wheels").as_uri(),
        "https://flat.example.invalid/",
    )
    assert settings.strategy == "unsafe-best-match"
    assert settings.origin == "uv configuration files"


def test_uv_toml_hides_the_table_beside_it(machine: Machine) -> None:
    """In one folder uv.toml counts and pyproject.toml does not."""
    machine.write("project/uv.toml", f'index-url = "{A}"\n')
    machine.write("project/pyproject.toml", f'[tool.uv]\nindex-url = "{B}"\n')
    assert urls(machine.read()) == [A]


def test_uv_files_of_project_user_and_system_add_up(machine: Machine) -> None:
    """Lists of the three levels are joined; of single values the nearest counts."""
    machine.write("project/uv.toml", f'extra-index-url = ["{A}"]\n')
    user = f'extra-index-url = ["{B}"]\n[pip]\nindex-strategy = "unsafe-first-match"\n'
    machine.write("home/.config/uv/uv.toml", user)
    system = f'index-url = "{C}"\nindex-strategy = "first-index"\n'
    machine.write("etc/uv/uv.toml", system)
    settings = machine.read()
    assert urls(settings) == [A, B, C]
    assert settings.strategy == "unsafe-first-match"


def test_uv_config_file_and_no_config(machine: Machine) -> None:
    """UV_CONFIG_FILE replaces all files, UV_NO_CONFIG removes them."""
    machine.write("project/uv.toml", f'index-url = "{A}"\n')
    chosen = machine.write("chosen.toml", f'index-url = "{B}"\n')
    machine.variables = {"UV_CONFIG_FILE": str(chosen)}
    assert urls(machine.read()) == [B]
    machine.variables = {"UV_NO_CONFIG": "1"}
    assert urls(machine.read()) == [PYPI_SIMPLE_ENDPOINT]


def test_pip_variables(machine: Machine) -> None:
    """What pip's variables name is put together in pip's manner."""
    machine.variables = {
        "PIP_INDEX_URL": A,
        "PIP_EXTRA_INDEX_URL": f"{B}\n{C}",
        "PIP_FIND_LINKS": "~/wheels ./here",
        "PIP_TRUSTED_HOST": "b.example.invalid",
        "PIP_CERT": "/ca.pem",
        "PIP_NO_INDEX": "0",
    }
    settings = machine.read()
    assert urls(settings) == [B, C, A]
    assert settings.strategy == "unsafe-best-match"
    assert settings.find_links == (
        (machine.base / "home/wheels").as_uri(),
        (machine.base / "project/here").as_uri(),
    )
    assert settings.insecure_hosts == ("b.example.invalid",)
    assert settings.certificates == Path("/ca.pem")
    assert not settings.no_index
    assert settings.origin == "PIP_* variables"


def test_pip_files_later_ones_win(machine: Machine) -> None:
    """System, user (old place, new place) and environment override each other so."""
    order = (
        "etc/xdg/pip/pip.conf",
        "etc/pip.conf",
        "home/.pip/pip.conf",
        "home/.config/pip/pip.conf",
        "prefix/pip.conf",
    )
    for number, path in enumerate(order):
        name = f"https://{number}.example.invalid/simple"
        machine.write(path, f"[global]\nindex-url = {name}\n")
        assert urls(machine.read()) == [name]
    assert machine.read().origin == "pip configuration files"


def test_pip_section_of_the_command_wins(machine: Machine) -> None:
    """What stands below [install] beats [global], whichever file says it."""
    machine.write("etc/pip.conf", f"[install]\nindex_url = {A}\nno-index = yes\n")
    machine.write("home/.pip/pip.conf", f"[global]\nindex-url = {B}\n[list]\nx = 1\n")
    settings = machine.read()
    assert urls(settings) == [A]
    assert settings.no_index


def test_without_an_index_there_is_no_usual_one(machine: Machine) -> None:
    """Nobody has to know it then, who would import what is slow for it."""
    machine.variables = {"UV_NO_INDEX": "1"}
    assert urls(machine.read()) == []
    machine.variables["UV_INDEX"] = f"{A} {B} {A}"
    assert urls(machine.read()) == [A, B]


def test_pip_config_file(machine: Machine) -> None:
    """PIP_CONFIG_FILE stands in for the user's files, and the null device for all."""
    machine.write("home/.pip/pip.conf", f"[global]\nextra-index-url = {A}\n")
    machine.write("etc/pip.conf", f"[global]\nindex-url = {C}\n")
    chosen = machine.write("chosen.conf", f"[global]\nindex-url = {B}\n")
    machine.variables = {"PIP_CONFIG_FILE": str(chosen)}
    assert urls(machine.read()) == [B]
    machine.variables = {"PIP_CONFIG_FILE": os.devnull}
    assert urls(machine.read()) == [PYPI_SIMPLE_ENDPOINT]


def test_uv_comes_before_pip_for_each_thing_alone(machine: Machine) -> None:
    """What uv's side does not name is taken from pip's, and both are said."""
    machine.write("project/uv.toml", f'extra-index-url = ["{A}"]\n')
    pip = f"[global]\nindex-url = {B}\nextra-index-url = {C}\nfind-links = /wheels\n"
    machine.write("etc/pip.conf", pip)
    settings = machine.read()
    assert urls(settings) == [A, B]
    assert settings.find_links == ("file:///wheels",)
    assert settings.strategy == "first-index"
    assert settings.origin == "uv configuration files, pip configuration files"


def test_an_index_named_twice_is_asked_once(machine: Machine) -> None:
    """Where it stands first: uv looks there before it looks anywhere else."""
    machine.variables = {"UV_INDEX": f"{A} {B} {A}/", "UV_DEFAULT_INDEX": f"{B}/"}
    assert [url.rstrip("/") for url in urls(machine.read())] == [A, B]
    machine.variables = {"UV_INDEX": f"{A} {B} {A}/", "UV_DEFAULT_INDEX": f"{A}/"}
    settings = machine.read()
    assert [url.rstrip("/") for url in urls(settings)] == [A, B]
    environ = uv_environment(settings)
    assert environ["UV_INDEX"].split() == [A, B]
    assert A not in environ["UV_DEFAULT_INDEX"]


@pytest.mark.parametrize(
    ("path", "text", "says"),
    [
        ("project/uv.toml", "index-url = ", "not valid TOML"),
        ("project/uv.toml", "index-url = 3", "index-url: Input should be"),
        ("project/uv.toml", "index = ['https://u:s3cret@h.invalid']", "index.0: "),
        ("project/pyproject.toml", "tool = ", "not valid TOML"),
        ("home/.config/uv/uv.toml", "[[index]]\nname = 'x'", "index.0.url: Field req"),
        ("etc/pip.conf", "index-url = https://u:s3cret@h.invalid", "not valid INI at"),
        ("prefix/pip.conf", "[global]\nlogin s3cret", "not valid INI at"),
    ],
)
def test_a_broken_file_is_named(
    machine: Machine, path: str, text: str, says: str
) -> None:
    """A file that cannot be read is a usage error with its place and no secret."""
    machine.write(path, text)
    with pytest.raises(UsageError) as raised:
        machine.read()
    (problem,) = raised.value.problems
    assert str(machine.base / path) in problem.place
    assert says in str(problem)
    assert "s3cret" not in str(problem)


def test_a_chosen_file_that_is_not_there(machine: Machine) -> None:
    """UV_CONFIG_FILE that names nothing is a usage error, as it is for uv."""
    machine.variables = {"UV_CONFIG_FILE": "gone.toml"}
    with pytest.raises(UsageError, match=r"gone\.toml: cannot be read"):
        machine.read()


def test_what_uv_is_told(machine: Machine) -> None:
    """All of it goes to uv by variables, and older spellings around it are silenced."""
    machine.variables = {
        "PIP_EXTRA_INDEX_URL": f"{A} {B}",
        "PIP_INDEX_URL": C,
        "PIP_FIND_LINKS": "/one,comma /two",
        "PIP_CERT": "/ca.pem",
        "PIP_TRUSTED_HOST": "h1 h2",
        "PIP_KEYRING_PROVIDER": "subprocess",
    }
    assert uv_environment(machine.read()) == {
        "SSL_CERT_FILE": "/ca.pem",
        "UV_DEFAULT_INDEX": C,
        "UV_EXTRA_INDEX_URL": "",
        "UV_FIND_LINKS": "file:///one%2Ccomma,file:///two",
        "UV_INDEX": f"{A} {B}",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_INDEX_URL": "",
        "UV_INSECURE_HOST": "h1 h2",
        "UV_KEYRING_PROVIDER": "subprocess",
    }


def test_the_past_is_not_looked_for_in_folders(machine: Machine) -> None:
    """A folder tells no times: for an instant of the past only indexes are asked."""
    machine.variables = {
        "UV_DEFAULT_INDEX": A,
        "UV_INDEX": f"file:///mirror {B}",
        "UV_FIND_LINKS": "file:///wheels",
    }
    past = places_with_times(machine.read())
    assert (urls(past), past.find_links, past.no_index) == ([B, A], (), False)


def test_where_there_are_only_folders_nothing_is_of_the_past(machine: Machine) -> None:
    """Without an index that could tell a time, nothing may be taken."""
    machine.variables = {"UV_DEFAULT_INDEX": "file:///mirror"}
    assert places_with_times(machine.read()).no_index


def test_settings_show_no_secret_by_accident(machine: Machine) -> None:
    """Printing the settings, as a traceback or a log would, hides the login."""
    machine.variables = {"UV_DEFAULT_INDEX": "https://me:s3cret@h.example.invalid/"}
    assert "s3cret" not in repr(machine.read())
    assert "s3cret" in urls(machine.read())[0]
