"""The lists about the house as files: what stands over each column, and what is in it."""

EVENTS = {
    "Number": "id",
    "At": "at",
    "Who": "actor_name",
    "As": "actor",
    "From": "address",
    "Request": "request_id",
    "What": "entity",
    "What number": "entity_id",
    "What name": "entity_name",
    "Action": "action",
    "Changes": "diff",
}
MESSAGES = {
    "Number": "id",
    "Promised": "created_at",
    "Job": "topic",
    "To": "address",
    "Subject": "subject",
    "Tries": "attempts",
    "Done": "done_at",
    "Given up": "dead_at",
    "Last error": "last_error",
}
