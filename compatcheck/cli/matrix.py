"""`compatcheck matrix`: the grid."""

from __future__ import annotations

import typer

from compatcheck.cli import matrix_options as asked
from compatcheck.cli.colours import Colour, Colouring
from compatcheck.cli.speaking import speaking


def matrix(  # noqa: PLR0913 - the options of a command
    requirement: asked.Requirement = None,
    *,
    python: asked.Python = None,
    probe: asked.Probe = None,
    select: asked.Select = None,
    resolution: asked.Resolution = None,
    as_of: asked.AsOf = None,
    constraint: asked.Constraint = None,
    constraint_file: asked.ConstraintFile = None,
    override: asked.Override = None,
    with_: asked.With = None,
    module: asked.Module = None,
    symbol: asked.Symbol = None,
    scenario: asked.Scenario = None,
    source: asked.Source = None,
    environment: asked.Environment = None,
    refine: asked.Refine = None,
    blame: asked.Blame = None,
    pre_releases: asked.PreReleases = None,
    yanked: asked.Yanked = None,
    allow_builds: asked.AllowBuilds = None,
    timeout: asked.Timeout = None,
    budget: asked.Budget = None,
    shard: asked.Shard = None,
    verify: asked.Verify = None,
    memory: asked.Memory = None,
    jobs: asked.Jobs = None,
    executor: asked.Executor = None,
    cache_size: asked.CacheSize = None,
    fail_on: asked.FailOn = None,
    format_: asked.Format = None,
    output: asked.Output = None,
    folder: asked.Folder = None,
    color: Colouring = Colour.AUTO,
) -> None:
    """Ask which releases of these distributions work together."""
    from compatcheck.config.options import Options

    options = Options(
        requirements=tuple(requirement or ()),
        python=tuple(python or ()),
        probe=tuple(probe or ()),
        select=tuple(select or ()),
        resolution=tuple(resolution or ()),
        as_of=as_of,
        constraint=tuple(constraint or ()),
        constraint_file=tuple(constraint_file or ()),
        override=tuple(override or ()),
        further=tuple(with_ or ()),
        module=tuple(module or ()),
        symbol=tuple(symbol or ()),
        scenario=tuple(scenario or ()),
        source=tuple(source or ()),
        environment=environment,
        refine=refine,
        blame=blame,
        pre_releases=pre_releases,
        yanked=yanked,
        allow_builds=allow_builds,
        timeout=timeout,
        budget=budget,
        shard=shard,
        verify=verify,
        memory=memory,
        jobs=jobs,
        executor=executor,
        cache_size=cache_size,
        fail_on=tuple(fail_on or ()),
        format=tuple(format_ or ()),
        output=output,
        folder=folder,
    )
    with speaking(color):
        from compatcheck.cli.telling import tell_matrix

        raise typer.Exit(tell_matrix(options))
