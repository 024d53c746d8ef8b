"""Names that the house gives to things, in words: what the templates of this room ask for."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from app.core.business import business
from app.operations import parts
from app.operations.happened import HAPPENED, THINGS
from app.operations.states import STATES, State
from app.web.templating import day

A_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d$")


def job_words(topic: str) -> str:
    """The job as people call it; the topic itself where nobody knows it any more."""
    known = parts.jobs().get(topic)
    return known.words if known else topic


def happened_words(action: str) -> str:
    return HAPPENED.get(action, action)


def thing_words(entity: str) -> str:
    return THINGS.get(entity, entity)


def state_words(name: str) -> State:
    return STATES[name]


def to_the_second(at: datetime) -> str:
    """For logs: Today 13:05:09, Yesterday 13:05:09, Tue 17 Nov 13:05:09."""
    local = at.astimezone(ZoneInfo(business().time_zone))
    return f"{day(local.date())} {local:%H:%M:%S}"


def with_moment_in_words(value: str | float) -> str | float:
    """What the log kept of a column: its moments are written for programs."""
    is_moment = isinstance(value, str) and A_MOMENT.match(value)
    return to_the_second(datetime.fromisoformat(str(value))) if is_moment else value


FILTERS = (job_words, happened_words, thing_words, state_words, to_the_second, with_moment_in_words)
