"""What to do about garbage where much is imported, and forked afterwards."""

import contextlib
import gc

_SELDOM = 100000  # new objects; usually 700 or 2000


@contextlib.contextmanager
def seldom_looked_for():
    """Look for garbage less often meanwhile: a tenth of what imports take.

    Whoever sets that in this time keeps what it has set.
    """
    usual = gc.get_threshold()
    seldom = (_SELDOM, *usual[1:])
    gc.set_threshold(*seldom)
    yield
    if gc.get_threshold() == seldom:
        gc.set_threshold(*usual)


def collect_before_forks():
    """Leave nothing to look at: else each fork's collections would copy every page."""
    gc.collect()
    gc.freeze()
