"""What programs may send and how they are answered: the words every endpoint's schemas are made of."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from app.core.mail import is_email
from app.core.money import unit_price
from app.core.text import tidy
from app.web.forms import lower

T = TypeVar("T")

DEEPEST = 10_000
MONEY = re.compile(r"[0-9]{1,10}(\.[0-9]{1,2})?")


class Body(BaseModel):
    """What may be sent: nothing that is not named here, and 5 is not "5"."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Query(BaseModel):
    """What may be asked for in an address."""

    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    """What is told, and no more: rows are read by these names only."""

    model_config = ConfigDict(from_attributes=True)

    def etag(self) -> str:
        """The version: of an answer that has one."""
        return str(getattr(self, "version", ""))


class Paging(Query):
    """Which part of a list."""

    page: int = Field(1, ge=1, le=DEEPEST)
    page_size: int = Field(20, ge=1, le=100)

    @model_validator(mode="after")
    def _not_too_deep(self) -> Self:
        if self.page * self.page_size > DEEPEST:
            raise PydanticCustomError(
                "too_deep", f"Narrow the filter: only the first {DEEPEST:,} rows can be paged through."
            )
        return self


class Paged(Answer, Generic[T]):
    """One page of a list."""

    items: list[T]
    total: int
    page: int
    page_size: int
    has_more: bool


class Problem(BaseModel):
    """One thing that is wrong. `field` is a path like items.2.quantity."""

    code: str
    field: str | None
    detail: str


class Failure(BaseModel):
    """What every refusal looks like."""

    success: Literal[False] = False
    data: None = None
    message: str = Field(description="A sentence for a person.")
    errors: list[Problem] = Field(min_length=1)


def _tidied(value: Any) -> Any:
    return tidy(value) if isinstance(value, str) else value


def _lowered(value: Any) -> Any:
    return lower(value) if isinstance(value, str) else value


def _whole_address(value: str) -> str:
    if not is_email(value):
        raise ValueError("Send a whole email address, like maya@example.com.")
    return value


def _in_utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


def _exact(value: Any) -> Decimal:
    if not isinstance(value, str) or not MONEY.fullmatch(value):
        raise ValueError("Send money as a text with a point and at most two places, like “18.40”.")
    return Decimal(value)


Money = Annotated[
    Decimal,
    PlainSerializer(lambda amount: f"{amount:.2f}"),
    WithJsonSchema({"type": "string", "examples": ["18.40"]}),
]
UnitPrice = Annotated[
    Decimal,
    PlainSerializer(lambda amount: f"{unit_price(amount):f}"),
    WithJsonSchema({"type": "string", "examples": ["18.40", "0.0125"]}),
]
Rate = Annotated[
    Decimal,
    PlainSerializer(lambda rate: f"{rate.normalize():f}"),
    WithJsonSchema({"type": "string", "examples": ["0.2", "0"]}),
]
MoneySent = Annotated[
    Decimal,
    BeforeValidator(_exact),
    WithJsonSchema({"type": "string", "pattern": f"^{MONEY.pattern}$", "examples": ["18.40"]}),
]
Line = Annotated[str, BeforeValidator(_tidied)]
Name = Annotated[Line, Field(min_length=1, max_length=120)]
Email = Annotated[
    str,
    BeforeValidator(_lowered),
    Field(max_length=254, json_schema_extra={"format": "email"}),
    AfterValidator(_whole_address),
]
Password = Annotated[str, Field(min_length=1, max_length=1024, json_schema_extra={"format": "password"})]
Number = Annotated[
    str, BeforeValidator(str), Field(description="Of an order. A name, not a quantity.", examples=["10482"])
]
Moment = Annotated[datetime, AfterValidator(_in_utc)]
