"""What became of work that was put off, for programs."""

from pydantic import Field

from app.core.outbox import OutboxMessage
from app.operations.queries.messages import promise_seen_by
from app.web.access import requires, viewer
from app.web.api import api
from app.web.schemas import Answer, Moment


class JobOut(Answer):
    id: int
    topic: str
    state: str = Field(
        description="queued, waiting for another try, done, sent, failed; kept where no mail leaves"
    )
    attempts: int
    created_at: Moment
    done_at: Moment | None


@api.get("/jobs/<int:job_id>", answer=JobOut)
@requires()
def show_job(job_id: int) -> OutboxMessage:
    """Show a job: your own, or any when you may change settings."""
    return promise_seen_by(viewer(), job_id)
