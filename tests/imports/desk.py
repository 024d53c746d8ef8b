"""Imports as a person does them, and files in all shapes."""

import csv
import re
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.core.database import db
from app.imports.models import ImportJob, ImportRow
from app.jobs import perform_all
from tests.visitor import Visitor


class ImportDesk:
    def __init__(self, app: Flask, visitor: Visitor) -> None:
        self.app = app
        self.visitor = visitor
        self.import_id = 0

    def send(self, kind: str, content: bytes | str, name: str = "file.csv") -> "Seen":
        """Upload it, let the worker read it, and look."""
        self.upload(kind, content, name)
        return self.look()

    def upload(self, kind: str, content: bytes | str, name: str = "file.csv") -> TestResponse:
        raw = content.encode() if isinstance(content, str) else content
        answer = self.visitor.submit("/admin/imports", kind=kind, file=(BytesIO(raw), name))
        if answer.status_code == 303:
            self.import_id = int(answer.location.rpartition("/")[2])
        return answer

    def do(self, verb: str) -> "Seen":
        answer = self.visitor.submit(f"/admin/imports/{self.import_id}/{verb}")
        assert answer.status_code == 303, answer.text
        return self.look()

    def look(self) -> "Seen":
        with self.app.app_context():
            perform_all()
        return self.seen()

    def seen(self) -> "Seen":
        with self.app.app_context():
            db.session.expire_all()
            return Seen(self.import_id)

    def file(self, verdict: str = "") -> str:
        answer = self.visitor.get(f"/admin/imports/{self.import_id}.csv?verdict={verdict}")
        assert answer.status_code == 200
        return answer.get_data().decode("utf-8-sig")

    def page(self, verdict: str = "") -> str:
        answer = self.visitor.get(f"/admin/imports/{self.import_id}?verdict={verdict}")
        assert answer.status_code == 200
        return answer.text

    def export(self, kind: str) -> str:
        answer = self.visitor.get(f"/admin/imports/now/{kind}.csv")
        assert answer.status_code == 200
        return answer.get_data().decode("utf-8-sig")


class Seen:
    """What became of an import."""

    def __init__(self, import_id: int) -> None:
        job = db.session.get_one(ImportJob, import_id)
        rows = db.session.scalars(
            select(ImportRow).where(ImportRow.import_job_id == import_id).order_by(ImportRow.line)
        ).all()
        self.state, self.problem = str(job.state), job.problem
        self.verdicts = [str(row.verdict) for row in rows]
        self.problems = [row.problems for row in rows]
        self.befores = [row.before for row in rows]
        self.values = [row.values for row in rows]

    def said(self) -> str:
        """The one sentence about the one wrong row."""
        [problems] = filter(None, self.problems)
        [sentence] = problems.values()
        return sentence


def table(head: str, *rows: str) -> str:
    return "\n".join([head, *rows]) + "\n"


def written(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = StringIO()
    csv.writer(text).writerows([head, *rows])
    return text.getvalue()


def workbook(rows: Iterable[Iterable[Any]]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def with_entry(book: bytes, name: str, content: bytes | str) -> bytes:
    """The same workbook with one part put in, or another in its place."""
    file = BytesIO()
    with ZipFile(BytesIO(book)) as old, ZipFile(file, "w", ZIP_DEFLATED) as new:
        for entry in old.namelist():
            if entry != name:
                new.writestr(entry, old.read(entry))
        new.writestr(name, content)
    return file.getvalue()


def part_of(book: bytes, name: str) -> str:
    with ZipFile(BytesIO(book)) as archive:
        return archive.read(name).decode()


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())
