"""`compatcheck matrix`: the grid."""

from __future__ import annotations

import typer

from compatcheck.cli import matrix_options as options
from compatcheck.cli.colours import Colour, Colouring
from compatcheck.cli.speaking import speaking


def matrix(  # noqa: PLR0913 - the options of a command
    requirement: options.Requirement = None,
    *,
    python: options.Python = None,
    probe: options.Probe = None,
    select: options.Select = None,
    resolution: options.Resolution = None,
    as_of: options.AsOf = None,
    constraint: options.Constraint = None,
    constraint_file: options.ConstraintFile = None,
    override: options.Override = None,
    with_: options.With = None,
    module: options.Module = None,
    symbol: options.Symbol = None,
    scenario: options.Scenario = None,
    source: options.Source = None,
    environment: options.Environment = None,
    refine: options.Refine = None,
    blame: options.Blame = None,
    with_shims: options.WithShims = None,
    adaptations: options.Adaptations = None,
    pre_releases: options.PreReleases = None,
    yanked: options.Yanked = None,
    allow_builds: options.AllowBuilds = None,
    timeout: options.Timeout = None,
    budget: options.Budget = None,
    shard: options.Shard = None,
    verify: options.Verify = None,
    memory: options.Memory = None,
    jobs: options.Jobs = None,
    executor: options.Executor = None,
    cache_size: options.CacheSize = None,
    fail_on: options.FailOn = None,
    format_: options.Format = None,
    output: options.Output = None,
    folder: options.Folder = None,
    color: Colouring = Colour.AUTO,
) -> None:
    """Ask which releases of these distributions work together."""
    from compatcheck.config.options import Options

    said = Options(
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
        with_shims=with_shims,
        adaptations=tuple(adaptations or ()),
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

        raise typer.Exit(tell_matrix(said))
