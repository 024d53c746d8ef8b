"""A program's mistake is named in a sentence that its writer understands."""

from datetime import date
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, ValidationError

from app.web.reading import _refusal_of
from app.web.schemas import Body, Line


class Wish(Body):
    text: Annotated[Line, Field(min_length=1, max_length=4000)] = "x"
    count: int = Field(1, ge=1, le=10_000)
    kind: Literal["receive", "adjust", "count"] = "count"
    day: date = date(2026, 1, 1)
    tags: list[str] = Field([], max_length=2)
    code: Annotated[str, Field(pattern="^[a-z]+$")] = "a"
    is_new: bool = False


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"text": "x" * 4001}, "“text” must have 4,000 characters or fewer."),
        ({"text": ""}, "“text” must not be empty."),
        ({"text": 5}, "“text” must be a text."),
        ({"count": 0}, "“count” must be 1 or more."),
        ({"count": 10_001}, "“count” must be 10,000 or less."),
        ({"count": "two"}, "“count” must be a whole number."),
        ({"count": 1.5}, "“count” must be a whole number."),
        ({"kind": "waste"}, "“kind” must be one of receive, adjust or count."),
        ({"day": "24 November"}, "“day” must be a day like 2026-12-31."),
        ({"tags": ["a", "b", "c"]}, "“tags” must have 2 entries or fewer."),
        ({"tags": "a"}, "“tags” must be a list."),
        ({"tags": [1]}, "“tags.0” must be a text."),
        ({"code": "A"}, "“code” is not written as its pattern in the description of the API asks for."),
        ({"is_new": "perhaps"}, "“is_new” must be true or false."),
        ({"colour": "red"}, "There is no field called “colour” here."),
    ],
)
def test_the_sentence_names_the_field_and_what_it_must_be(sent: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        Wish.model_validate(sent)
    assert _refusal_of(wrong.value).message == said
