"""What exists: releases, times, yanks and wheels, as the user's indexes tell it.

`settings` says where to ask, `client` asks, `archives` opens wheels. Import those: this
file stays empty so that reading settings does not pull in a network library.
"""

from __future__ import annotations
