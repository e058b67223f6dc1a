"""Importing this installs the adaptations that are shipped."""

from __future__ import annotations

from compat_shims import install

install()
