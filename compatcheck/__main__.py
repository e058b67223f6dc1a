"""`python -m compatcheck` is the command `compatcheck`."""

from __future__ import annotations

from compatcheck.cli import main

if __name__ == "__main__":
    main()
