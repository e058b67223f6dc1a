"""Reads a scenario file: its functions, and what its PEP 723 block asks for."""

from __future__ import annotations
