"""What runs between us and strangers' code, in a process of its own.

`warden` starts, watches the clock and the house, and leaves nothing behind; `keeper`
is the first process inside, builds the `walls` and runs the target. The house never
imports these modules: `compatcheck.executors.process` starts them. They load next to
nothing (no typing, no dataclasses, no pathlib), because every cell pays for it.
"""
