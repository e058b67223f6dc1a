"""The profiles that ship with the tool."""

from __future__ import annotations

import pytest
from packaging.utils import canonicalize_name

from compatcheck.profiles import (
    Profile,
    all_profiles,
    default_profile,
    matching,
)


@pytest.mark.parametrize("profile", all_profiles(), ids=lambda profile: profile.name)
class TestEveryProfile:
    """What holds for each folder of the room."""

    def test_is_about_two_or_more_distributions(self, profile: Profile) -> None:
        """Its distributions are normalised, distinct, and more than one."""
        names = profile.distributions

        assert len(set(names)) == len(names) >= 2
        assert [canonicalize_name(name) for name in names] == list(names)

    def test_needs_what_python_can_name(self, profile: Profile) -> None:
        """Its modules and symbols are dotted names."""
        needed = [*profile.modules, *map(str, profile.symbols)]

        assert needed
        assert all(part.isidentifier() for name in needed for part in name.split("."))

    def test_is_sorted(self, profile: Profile) -> None:
        """The order of the file does not reach a report."""
        symbols = [(symbol.module, symbol.name) for symbol in profile.symbols]

        assert list(profile.modules) == sorted(set(profile.modules))
        assert symbols == sorted(set(symbols))

    def test_names_the_modules_of_its_symbols(self, profile: Profile) -> None:
        """A module with a needed name is needed itself."""
        assert {symbol.module for symbol in profile.symbols} <= set(profile.modules)


def test_exactly_one_is_the_default() -> None:
    """Without any configuration it is clear what is asked."""
    assert [profile for profile in all_profiles() if profile.default] == [
        default_profile()
    ]


def test_the_default_holds_what_the_users_documents_use() -> None:
    """The default profile is the pair this project began with, name by name."""
    profile = default_profile()
    named = {str(symbol) for symbol in profile.symbols}

    assert profile.distributions == ("openai-chatkit", "openai-agents")
    assert len(profile.symbols) == 29
    assert "agents.InputGuardrailTripwireTriggered" in named
    assert "chatkit.agents.simple_to_agent_input" in named
    assert "chatkit.widgets.ListViewItem" in named


def test_a_profile_matches_when_all_its_distributions_are_there() -> None:
    """More distributions do no harm, one too few does; spelling does not matter."""
    profile = default_profile()
    first, *others = profile.distributions

    assert matching([first.upper().replace("-", "_"), *others, "flask"]) == (profile,)
    assert matching(others) == ()
