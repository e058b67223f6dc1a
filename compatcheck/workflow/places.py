"""The places where cells are asked, as the settings and the machine allow."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from compatcheck.ask.nurseries import Nurseries
from compatcheck.ask.places import Places
from compatcheck.ask.terms import Terms
from compatcheck.config.settings import Settings
from compatcheck.environments import (
    ShimmedEnvironments,
    StoreEnvironments,
    Uv,
    VenvEnvironments,
    WheelStore,
)
from compatcheck.model import EnvironmentKind
from compatcheck.observations import ObservationStore
from compatcheck.workflow.cache import share


@contextmanager
def open_places(
    uv: Uv,
    settings: Settings,
    isolation: Mapping[str, str],
    terms: Terms,
    store: ObservationStore,
    wheels: Path,
) -> Generator[Places]:
    """Places on these terms, gone when the context ends; `wheels` are kept there."""
    real = _real(uv, settings, isolation, terms.scratch)
    made = _environments(uv, settings, isolation, real, terms.scratch, wheels)
    with ExitStack() as stack:
        environments = stack.enter_context(made)
        shims = terms.shims
        yield Places(
            environments=environments,
            real=real,
            nurseries=_nurseries(stack, environments, isolation, terms, store),
            terms=terms,
            shimmed=None
            if shims is None
            else (
                ShimmedEnvironments(environments, shims),
                ShimmedEnvironments(real, shims),
            ),
        )


def _real(
    uv: Uv, settings: Settings, isolation: Mapping[str, str], scratch: Path
) -> VenvEnvironments:
    return VenvEnvironments(
        uv,
        folder=scratch,
        paths=settings.sources,
        link_mode="hardlink" if _cannot_write(isolation) else "copy",
        allow_builds=settings.allow_builds,
    )


@contextmanager
def _environments(
    uv: Uv,
    settings: Settings,
    isolation: Mapping[str, str],
    real: VenvEnvironments,
    scratch: Path,
    wheels: Path,
) -> Generator[StoreEnvironments | VenvEnvironments]:
    if settings.environment is EnvironmentKind.VENV or not _cannot_write(isolation):
        yield real
        return
    store = WheelStore(uv=uv, folder=wheels)
    with store.used(share(settings.cache_size)):
        yield StoreEnvironments(
            uv, store=store, real=real, folder=scratch, paths=settings.sources
        )


def _nurseries(
    stack: ExitStack,
    environments: StoreEnvironments | VenvEnvironments,
    isolation: Mapping[str, str],
    terms: Terms,
    store: ObservationStore,
) -> Nurseries | None:
    """Where cells share interpreters; None where one could harm another."""
    own = isolation.get("processes") == "namespace" and all(
        isolation.get(wall) == "own" for wall in ("proc", "shared_memory")
    )
    if not own or not isinstance(environments, StoreEnvironments):
        return None
    nurseries = Nurseries(
        environments,
        scratch=terms.scratch,
        limits=terms.limits,
        sources=terms.sources,
        probes=[probe.path for probe in terms.probes],
        store=store,
    )
    stack.callback(nurseries.close)
    return nurseries


def _cannot_write(isolation: Mapping[str, str]) -> bool:
    """Whether files that cells share, the cache's own, are safe from cells."""
    return isolation.get("files") == "read-only"
