"""The report: what a run found, as a document, and how it is laid out to be read.

`document` holds the nouns and their JSON, `build` makes them from cell results,
`conclusion` says it in one sentence, and `space`, `fold`, `grid` and `findings` are
the layout that every format shares.
"""

from __future__ import annotations
