"""What is asked of a run: the command line over [tool.compatcheck] over the defaults.

The doors: `options.Options` in, `read.read_settings`, `settings.Settings` out, and
`starter.write_starter` for `compatcheck init`. Nothing is imported here, because
options and settings are light and reading them is not.
"""

from __future__ import annotations
