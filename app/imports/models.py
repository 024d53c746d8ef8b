"""A file that somebody sent, and what would become of each of its rows."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Edited, Model, Record


class ImportKind(StrEnum):
    PRODUCTS = "products"
    PRICES = "prices"
    STOCK = "stock"
    CUSTOMERS = "customers"


class ImportState(StrEnum):
    READING = "reading"
    REFUSED = "refused"  # the file as a whole
    READ = "read"
    COMMITTING = "committing"
    COMMITTED = "committed"
    UNDOING = "undoing"
    UNDONE = "undone"
    FAILED = "failed"  # the worker ended over it, again and again


AT_WORK = (ImportState.READING, ImportState.COMMITTING, ImportState.UNDOING)


class Verdict(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    WRONG = "wrong"


class ImportJob(Edited, Record):
    """One file, from upload to commit, and perhaps back. Long after, its rows and its file are forgotten."""

    __tablename__ = "import_job"
    __table_args__ = (
        CheckConstraint("kind IN ('products', 'prices', 'stock', 'customers')", name="kind"),
        CheckConstraint(
            "state IN ('reading', 'refused', 'read', 'committing', 'committed', 'undoing', 'undone', 'failed')",
            name="state",
        ),
    )

    kind: Mapped[ImportKind] = mapped_column(String(10))
    state: Mapped[ImportState] = mapped_column(String(10), default=ImportState.READING)
    filename: Mapped[str] = mapped_column(String(200))
    file: Mapped[str] = mapped_column(String(64))
    columns: Mapped[list[str]] = mapped_column(ARRAY(String(40)), default=list, server_default="{}")
    problem: Mapped[str] = mapped_column(String(300), default="", server_default="")
    rows_done: Mapped[int] = mapped_column(default=0, server_default="0")
    rows_total: Mapped[int] = mapped_column(default=0, server_default="0")
    verdicts: Mapped[dict[str, int]] = mapped_column(JSONB, default=dict, server_default="{}")
    committed_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]

    def __str__(self) -> str:
        return self.filename

    @property
    def counts(self) -> dict[str, int]:
        """How many rows of each verdict."""
        return {verdict.value: 0 for verdict in Verdict} | self.verdicts

    @property
    def is_forgotten(self) -> bool:
        return not self.file

    @property
    def is_at_work(self) -> bool:
        """The worker has it, or will."""
        return self.state in AT_WORK


class ImportRow(Model):
    """A row as it was sent, the verdict on it, and what stood there before.

    `typed` and `values` are texts by column: as they came, and as an export would write them. `before` holds
    only what differs. Of an import that was committed, the row and the version that came out of it are kept.
    """

    __tablename__ = "import_row"
    __table_args__ = (
        UniqueConstraint("import_job_id", "line"),
        Index("ix_import_row_import_job_id_verdict_line", "import_job_id", "verdict", "line"),
        CheckConstraint("verdict IN ('new', 'changed', 'same', 'wrong')", name="verdict"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    import_job_id: Mapped[int] = mapped_column(ForeignKey("import_job.id", ondelete="CASCADE"))
    line: Mapped[int]
    verdict: Mapped[Verdict] = mapped_column(String(7))
    typed: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    values: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    before: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    problems: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    row_id: Mapped[int | None] = mapped_column(BigInteger)
    version_after: Mapped[int | None]
