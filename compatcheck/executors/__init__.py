"""Where cells run: strangers' code, caged, and many at a time."""
