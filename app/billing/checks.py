"""Papers, read again: each must still say what it said when it was issued."""

from collections.abc import Sequence
from itertools import islice

from app.billing.invoiced import fingerprint
from app.billing.queries.broken import papers_looked_at
from app.billing.service.issuing import content_of
from app.core.invariants import AS_MANY_AS_HELP, Finding

CHANGED = "does not say what it said when it was issued"


def papers_that_changed() -> Sequence[Finding]:
    changed = (paper for paper in papers_looked_at() if fingerprint(content_of(paper)) != paper.sha256)
    return [Finding(f"invoice {paper.number}", CHANGED) for paper in islice(changed, AS_MANY_AS_HELP)]
