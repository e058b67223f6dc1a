"""The report: what a run found, as a document, and how it is laid out to be read.

`document` holds the nouns and their JSON, `build` makes them from cell results
(`facts` and `abridged` keep them distinct and short), `conclusion` says it in one
sentence, made of `clauses` and `halfway` over `planes`, and `space`, `fold`, `grid`,
`findings`, `explained`, `reasons` and `account` are the layout that formats share.
"""

from __future__ import annotations
