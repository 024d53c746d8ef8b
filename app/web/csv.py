"""A list as a file for spreadsheets: every row of the filter, one after the other.

    @bp.get("/customers.csv")
    @requires(Permission.CUSTOMERS_READ, staff=True)
    def customers_csv() -> ResponseReturnValue:
        return csv_of("customers", queries.every_customer(...), {"Code": "code", "Name": "name"})

The query answers with `streaming.EveryRow`; the page links to it with `pages(listing, csv=True)`.
"""

import csv
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from io import TextIOWrapper
from operator import attrgetter
from tempfile import TemporaryFile
from typing import IO, Any
from zoneinfo import ZoneInfo

from flask import Response, request, send_file

from app.core import audit
from app.core.business import business, today
from app.core.cells import guarded
from app.core.transaction import in_one_transaction
from app.web.access import viewer

ENCODING = "utf-8-sig"  # without the mark at its start, a double click shows Café as CafÃ©

Columns = Mapping[str, str | Callable[[Any], object]]


def csv_of(name: str, rows: Iterable[Any], columns: Columns) -> Response:
    """Each column's head, and what of a row stands under it: one of its attributes, or what is made of it.

    The file is whole before it leaves: a slow reader keeps no transaction open, and an error half-way is an
    error and not a shorter list.
    """
    file = in_one_transaction(lambda: _written(name, rows, columns))
    length = file.tell()
    file.seek(0)
    response = send_file(file, "text/csv", as_attachment=True, download_name=f"{name}-{today()}.csv")
    response.content_length = length
    response.headers["Cache-Control"] = "no-store"
    return response


def _written(name: str, rows: Iterable[Any], columns: Columns) -> IO[bytes]:
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115 - the response closes it, when it has left
    text = TextIOWrapper(file, encoding=ENCODING, newline="")
    writer, zone = csv.writer(text), ZoneInfo(business().time_zone)
    values_of = [attrgetter(one) if isinstance(one, str) else one for one in columns.values()]
    writer.writerow(columns)
    count = 0
    for row in rows:
        writer.writerow([cell(value_of(row), zone) for value_of in values_of])
        count += 1
    text.detach()  # which writes what it still held, and leaves the file open
    told: audit.Diff = {"rows": [None, count], "filter": [None, request.query_string.decode()]}
    audit.note("list.exported", entity="list", name=name, by=viewer(), diff=told)
    return file


def cell(value: object, zone: ZoneInfo) -> str:
    """Only texts are guarded: a number stays a number, also below zero."""
    if isinstance(value, str):  # most cells are, so it comes first
        return guarded(value)
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(" ", "seconds")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else str(value)
