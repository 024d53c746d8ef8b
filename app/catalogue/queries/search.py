"""Finding products by what somebody typed: codes, beginnings of words, letters inside, and spelling put right."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    ARRAY,
    REAL,
    ColumnElement,
    Integer,
    ScalarSelect,
    Select,
    Text,
    bindparam,
    case,
    cast,
    exists,
    func,
    or_,
    select,
    union,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from app.catalogue.models import Category, Product, ProductWord
from app.core.paging import COUNTED_EXACTLY, Sort
from app.core.questions import Question

Rows = TypeVar("Rows", bound=Select[*tuple[Any, ...]])

ENOUGH = COUNTED_EXACTLY + 1  # a list counts no further, and nobody reads further
SHORTEST_ANYWHERE = 3  # letters: the index knows letters by threes
MOST_WORDS = 12
SPELLINGS = 3
CANDIDATES = 12  # for a spelling, by the index of letters
MEASURE = re.compile(r"([0-9]+)([a-z]+)")
NEAREST, FURTHEST = 0, 100_000
WEIGHTS = [0.1, 0.1, 1.0, 1.0]  # of descriptions and units, categories, names, codes
SHORTER_FIRST = 1  # ts_rank divides by how long a product's texts are


@dataclass(slots=True)
class Word:
    """What a typed word most likely stands for, and what else it could."""

    likely: list[str]
    also: list[str]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What somebody may have meant: the letters as typed, and each word."""

    letters: str
    words: list[Word]

    @property
    def is_anywhere(self) -> bool:
        return len(self.letters) >= SHORTEST_ANYWHERE

    @property
    def is_sure(self) -> bool:
        """Nothing else could be meant than what is likely."""
        return not any(word.also for word in self.words)

    @property
    def given(self) -> dict[str, str]:
        """What the statements ask for by name."""
        return {
            "letters": self.letters,
            "pattern": f"%{_as_they_are(self.letters)}%",
            "likely": _all_of(word.likely for word in self.words),
            "possible": _all_of(word.likely + word.also for word in self.words),
        }


class Likest(NamedTuple):
    """Products in the order of how likely they were meant; each statement wants what the meaning has `given`."""

    rows: Select[*tuple[Any, ...]]
    sort: Sort
    how_many: ScalarSelect[int]


def meaning_of(text: str) -> Meaning:
    letters = " ".join(text.lower().replace("\0", "").split())
    words = _understood(re.findall(r"\w+", letters)[:MOST_WORDS])
    shelved = _categories_called({choice for word in words for choice in word.likely + word.also})
    for word in words:
        word.also += sorted(
            {place for choice in word.likely + word.also for place in shelved.get(choice, ())}
        )
    return Meaning(letters, words)


def matching(products: Rows, text: str, *, at_most: int | None = ENOUGH) -> Rows:
    """The products of this query that the text could mean.

    Narrow the query by category, status and so on before: what it leaves out does not count as found.
    """
    meaning = meaning_of(text)
    found = likest_first(products, meaning.is_anywhere, meaning.is_sure, at_most=at_most)
    return found.rows.params(**meaning.given)  # type: ignore[return-value]  # joined, it has the same columns


def likest_first(
    products: Select[*tuple[Any, ...]], anywhere: bool, sure: bool, *, at_most: int | None = ENOUGH
) -> Likest:
    """The same, the likest first. With `anywhere` the letters are looked for inside words, too."""
    asked = products.with_only_columns(Product.id, DISTANCE.label("distance"), maintain_column_froms=True)
    possible = or_(_means("possible"), Product.letters.like(_letters("pattern")))
    # What was likely meant is among the first thousand, however much else could be.
    meant = [possible if anywhere else _means("possible"), *([] if sure else [_means("likely")])]
    some = union(*(asked.where(one).order_by(None).limit(at_most) for one in meant)).subquery()
    # In order already, so that only the rows of one page are fetched.
    found = select(some).order_by(some.c.distance, some.c.id).limit(at_most).cte("found")
    return Likest(
        products.join(found, found.c.id == Product.id),
        Sort(found.c.distance, found.c.id),
        select(func.count()).select_from(found).scalar_subquery(),
    )


def _as_they_are(letters: str) -> str:
    """To LIKE some letters mean others."""
    return re.sub(r"([\\%_])", r"\\\1", letters)


def _letters(name: str) -> ColumnElement[str]:
    return bindparam(name, type_=Text)


def _all_of(words: Iterable[list[str]]) -> str:
    return " & ".join(f"({' | '.join(choices)})" for choices in words)


def _question(name: str) -> ColumnElement[Any]:
    """All words, as English in names and texts, as they stand in codes."""
    languages = ("english", "simple")
    english, plain = (func.to_tsquery(language, _letters(name), type_=TSQUERY) for language in languages)
    return english.op("||", return_type=TSQUERY())(plain)


def _means(name: str) -> ColumnElement[bool]:
    return Product.words.bool_op("@@")(_question(name))


def _distance() -> ColumnElement[int]:
    """None for its very SKU or barcode; then what was likely meant, and codes and names before descriptions."""
    exact = or_(func.lower(Product.sku) == _letters("letters"), Product.barcode == _letters("letters"))
    weight = func.ts_rank(cast(WEIGHTS, ARRAY(REAL)), Product.words, _question("possible"), SHORTER_FIRST)
    worst = case((_means("likely"), 1), else_=2)
    return case((exact, NEAREST), else_=cast(FURTHEST * (worst - weight), Integer))


DISTANCE = _distance()


def _spellings() -> Question:
    typed = func.unnest(bindparam("words", type_=ARRAY(Text))).column_valued("typed")
    alike = (
        select(ProductWord.word)
        .where(ProductWord.word.bool_op("%")(typed))
        .order_by(ProductWord.word.op("<->")(typed), ProductWord.word)
        .limit(CANDIDATES)
    )
    is_ours = exists().where(ProductWord.word == typed)
    begins_ours = exists().where(ProductWord.word.startswith(typed))
    candidates = case((begins_ours, None), else_=func.array(alike.scalar_subquery(), type_=ARRAY(Text)))
    return Question(select(typed, is_ours.label("is_ours"), candidates.label("alike")))


SPELLINGS_OF = _spellings()


def _understood(words: list[str]) -> list[Word]:
    """A word of ours stands for itself, and one with which none of ours begins for those spelt like it too."""
    if not words:
        return []
    return [
        _word(word, ours, _likest(word, alike or ())) for word, ours, alike in SPELLINGS_OF.ask(words=words)
    ]


def _word(typed: str, is_ours: bool, spellings: list[str]) -> Word:
    """A measure like 8oz stands in names as 8 oz."""
    measure = MEASURE.fullmatch(typed)
    likely = [typed if is_ours else f"{typed}:*", *spellings[:1]]
    return Word(likely + ([f"{measure[1]} <-> {measure[2]}:*"] if measure else []), spellings[1:])


def _likest(typed: str, words: Iterable[str]) -> list[str]:
    """By the letters in their order; a word that goes on after what was typed is none the worse for it."""

    def likeness(word: str) -> float:
        return max(SequenceMatcher(None, typed, part).ratio() for part in (word, word[: len(typed)]))

    return sorted(words, key=lambda word: (-likeness(word), word))[:SPELLINGS]


def _branches_called() -> Question:
    choice = func.unnest(bindparam("choices", type_=ARRAY(Text))).column_valued("choice")
    asked = func.to_tsquery("english", choice, type_=TSQUERY)
    branches = (
        select(choice, Category.id)
        .join(Category, func.to_tsvector("english", Category.name).bool_op("@@")(asked))
        .where(Category.deleted_at.is_(None))
        .cte(recursive=True)
    )
    branches = branches.union(
        select(branches.c.choice, Category.id).join(Category, Category.parent_id == branches.c.id)
    )
    names = func.array_agg("category" + cast(branches.c.id, Text)).label("names")
    return Question(select(branches.c.choice, names).group_by(branches.c.choice))


BRANCHES_CALLED = _branches_called()


def _categories_called(choices: Iterable[str]) -> dict[str, list[str]]:
    """By choice, the categories named so and all that grow from them, in the words by which products know them."""
    whole = [choice for choice in choices if len(choice.removesuffix(":*")) >= SHORTEST_ANYWHERE]
    return {row.choice: row.names for row in BRANCHES_CALLED.ask(choices=whole)} if whole else {}
