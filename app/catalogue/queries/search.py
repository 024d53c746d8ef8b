"""Finding products by what somebody typed: codes, beginnings of words, letters inside, and spelling put right."""

import re
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import (
    ARRAY,
    REAL,
    ColumnElement,
    Integer,
    Select,
    Text,
    case,
    cast,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from app.catalogue.models import Product, ProductWord
from app.core.database import db
from app.core.paging import COUNTED_EXACTLY, Sort

Rows = TypeVar("Rows", bound=Select[*tuple[Any, ...]])

ENOUGH = COUNTED_EXACTLY + 1  # a list counts no further, and nobody reads further
SHORTEST_ANYWHERE = 3  # letters: the index knows letters by threes
MOST_WORDS = 12
SPELLINGS = 3
NEAREST, FURTHEST = 0, 100_000
WEIGHTS = [0.1, 0.1, 1.0, 1.0]  # of words in descriptions, nowhere, names, codes
SHORTER_FIRST = 1  # ts_rank divides by how long a product's texts are


@dataclass(frozen=True, slots=True)
class Meaning:
    """What somebody may have meant: the letters as typed, and for each word what it could stand for."""

    letters: str
    words: tuple[tuple[str, ...], ...]

    @property
    def question(self) -> ColumnElement[Any]:
        """All words, as English in names and texts, as they stand in codes."""
        asked = " & ".join(f"({' | '.join(choices)})" for choices in self.words)
        english, plain = (
            func.to_tsquery(language, asked, type_=TSQUERY) for language in ("english", "simple")
        )
        return english.op("||", return_type=TSQUERY())(plain)


def matching(products: Rows, text: str, *, at_most: int | None = ENOUGH) -> Rows:
    """The products of this query that the text could mean.

    Narrow the query by category, status and so on before: what it leaves out does not count as found.
    """
    return likest_first(products, text, at_most=at_most)[0]


def likest_first(products: Rows, text: str, *, at_most: int | None = ENOUGH) -> tuple[Rows, Sort]:
    """The same, and the order that puts the likest first."""
    meaning = _meaning_of(text)
    asked = products.with_only_columns(
        Product.id, _distance(meaning).label("distance"), maintain_column_froms=True
    )
    some = asked.where(_is_meant(meaning)).order_by(None).limit(at_most).subquery()
    # In order already, so that only the rows of one page are fetched.
    found = select(some).order_by(some.c.distance, some.c.id).cte("found")
    return products.join(found, found.c.id == Product.id), Sort(found.c.distance, found.c.id)


def _meaning_of(text: str) -> Meaning:
    letters = " ".join(text.lower().replace("\0", "").split())
    typed = re.findall(r"\w+", letters)[:MOST_WORDS]
    known = _known(typed)
    return Meaning(letters, tuple(known.get(word, (f"{word}:*",)) for word in typed))


def _distance(meaning: Meaning) -> ColumnElement[int]:
    """None for its very SKU or barcode; then codes and names come before descriptions."""
    exact = or_(func.lower(Product.sku) == meaning.letters, Product.barcode == meaning.letters)
    weight = func.ts_rank(cast(WEIGHTS, ARRAY(REAL)), Product.words, meaning.question, SHORTER_FIRST)
    return case((exact, NEAREST), else_=cast(FURTHEST * (1 - weight), Integer))


def _is_meant(meaning: Meaning) -> ColumnElement[bool]:
    found = Product.words.bool_op("@@")(meaning.question)
    if len(meaning.letters) < SHORTEST_ANYWHERE:
        return found
    return or_(found, Product.letters.contains(meaning.letters, autoescape=True))


def _known(words: list[str]) -> dict[str, tuple[str, ...]]:
    """A word of ours stands for itself, and one with which none of ours begins for those spelt like it too."""
    if not words:
        return {}
    typed = func.unnest(cast(words, ARRAY(Text))).column_valued("typed")
    alike = (
        select(ProductWord.word)
        .where(ProductWord.word.bool_op("%")(typed))
        .order_by(ProductWord.word.op("<->")(typed), ProductWord.word)
        .limit(SPELLINGS)
    )
    is_ours = exists().where(ProductWord.word == typed)
    begins_ours = exists().where(ProductWord.word.startswith(typed))
    spellings = case((begins_ours, None), else_=func.array(alike.scalar_subquery(), type_=ARRAY(Text)))
    rows = db.session.execute(select(typed, is_ours, spellings))
    return {word: (word,) if ours else (f"{word}:*", *(spelt or ())) for word, ours, spelt in rows}
