"""Whatever is sent gets a verdict: a sentence about the file or about a row, never an error and never a wait."""

import struct
import zipfile
from io import BytesIO

import openpyxl
import pytest

from app.imports.reading import bounds
from tests.imports.desk import part_of, table, text_of, with_entry, workbook

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20
HEAD = "sku,unit_price"
GOOD = table(HEAD, "COF-HSE-1K,18.90")
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
BOOK = workbook([["sku", "unit_price"], ["COF-HSE-1K", 18.9]])


def zipped(entries: dict[str, bytes]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


def with_doctype(declared: str, used: str) -> bytes:
    sheet = part_of(BOOK, SHEET)
    start = sheet.index("<worksheet")
    doctype = f'<?xml version="1.0"?><!DOCTYPE worksheet [{declared}]>'
    return with_entry(BOOK, SHEET, doctype + sheet[start:].replace("18.9", used))


def lying_about_its_size(book: bytes) -> bytes:
    """The directory says that the sheet unfolds to ten bytes."""
    at = book.rindex(b"PK\x01\x02", 0, book.rindex(SHEET.encode()))
    return book[: at + 24] + struct.pack("<I", 10) + book[at + 28 :]


def meant_again_and_again(times: int) -> bytes:
    """A workbook keeps each text once, and its cells say which."""
    names = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    long = " ".join(map(str, range(10_000)))[:31_000]
    texts = "".join(f"<si><t>{text}</t></si>" for text in ("sku", "unit_price", long))
    rows = '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>' + "".join(
        f'<row><c><v>{number}</v></c><c t="s"><v>2</v></c></row>' for number in range(times)
    )
    sheet = f'<worksheet xmlns="{names}"><sheetData>{rows}</sheetData></worksheet>'
    kinds = part_of(BOOK, "[Content_Types].xml").replace(
        "</Types>",
        f'<Override PartName="/{STRINGS}" ContentType="application/vnd.openxmlformats-officedocument'
        '.spreadsheetml.sharedStrings+xml"/></Types>',
    )
    book = with_entry(with_entry(BOOK, SHEET, sheet), "[Content_Types].xml", kinds)
    return with_entry(book, STRINGS, f'<sst xmlns="{names}">{texts}</sst>')


LAUGHS = '<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
)

REFUSED = {
    "an empty file": (b"", "This file is empty."),
    "only a mark": (b"\xef\xbb\xbf", "The first row must name the columns."),
    "an image": (PNG, "This is neither a CSV nor an XLSX file"),
    "UTF-16 without a mark": (GOOD.encode("utf-16-le"), "This is neither a CSV nor an XLSX file"),
    "Latin-1": ("sku,name\nA,Café\n".encode("latin-1"), "This is neither a CSV nor an XLSX file"),
    "a header alone": (f"{HEAD}\n".encode(), "There are no rows under the header."),
    "a megabyte in a cell": (
        table(HEAD, "x" * 1_000_000 + ",1").encode(),
        "one of its cells is far too long",
    ),
    "a long cell": (table(HEAD, "x" * 40_000 + ",1").encode(), "Row 2, cell 1 holds more than 32,000"),
    "an open quotation": (b'sku,unit_price\n"COF,1\nB,2\n', "Row 2 cannot be read: its quotation marks"),
    "an unknown column": (table("sku,unit_prize", "A,1").encode(), "We know no column called “unit_prize”"),
    "a column twice": (table("sku,unit_price,SKU", "A,1,B").encode(), "The column “sku” is there twice."),
    "a text said once and meant in every row": (
        meant_again_and_again(times=700),
        "This file holds more than 20 million characters",
    ),
    "many cells": (table(HEAD, "A" + ",1" * 200).encode(), "Row 2 has more than 200 cells."),
    "a missing column": (table("unit_price,min_qty", "1,1").encode(), "The column “sku” is missing"),
    "too many rows": (table(HEAD, *["A,1"] * 20_001).encode(), "This file has more than 20,000 rows."),
    "a zip bomb": (with_entry(BOOK, SHEET, b"0" * 40_000_000), "built in a way that we do not open"),
    "a large workbook": (with_entry(BOOK, "x", bytes(60_000_000)), "built in a way that we do not open"),
    "an archive in an archive": (with_entry(BOOK, "x.bin", BOOK), "built in a way that we do not open"),
    "a name that climbs": (with_entry(BOOK, "../../etc/cron", "x"), "built in a way that we do not open"),
    "many entries": (zipped({f"{n}": b"x" for n in range(300)}), "built in a way that we do not open"),
    "an archive of something else": (zipped({"a.txt": b"x"}), "This workbook is damaged."),
    "half a workbook": (BOOK[: len(BOOK) // 2], "This workbook is damaged."),
    "a workbook of noise": (b"PK\x03\x04" + bytes(500), "This workbook is damaged."),
    "an old workbook": (b"\xd0\xcf\x11\xe0" + bytes(500), "This is an old or a protected workbook."),
    "a lie about a size": (lying_about_its_size(BOOK), "This workbook is damaged."),
    "a file from our disk": (
        with_doctype('<!ENTITY x SYSTEM "file:///etc/passwd">', "&x;"),
        "This workbook is damaged.",
    ),
    "a billion laughs": (with_doctype(LAUGHS, "&j;"), "This workbook is damaged."),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(desk, shop, what):
    content, sentence = REFUSED[what]
    seen = desk.send("prices", content)
    assert (seen.state, seen.verdicts) == ("refused", [])
    assert sentence in seen.problem
    assert "This file cannot be read" in text_of(desk.page())


READ = {
    "UTF-8 with a mark": GOOD.encode("utf-8-sig"),
    "UTF-16 with a mark": GOOD.encode("utf-16"),
    "semicolons": GOOD.replace(",", ";").encode(),
    "tabs": GOOD.replace(",", "\t").encode(),
    "Windows lines": GOOD.replace("\n", "\r\n").encode(),
    "old Mac lines": GOOD.replace("\n", "\r").encode(),
    "empty lines": (GOOD + "\n,\n\n").encode(),
    "capitals and spaces in the header": b"SKU,Unit Price\nCOF-HSE-1K,18.90\n",
    "a column for problems": b"sku,unit_price,problem\nCOF-HSE-1K,18.90,unit_price: old\n",
    "a workbook": BOOK,
    "a workbook by another name": BOOK,
}


@pytest.mark.parametrize("what", READ)
def test_a_file_is_told_by_what_is_in_it(desk, shop, what):
    name = "prices.csv" if "another name" in what else "prices.xlsx"
    assert desk.send("prices", READ[what], name).befores == [{"unit_price": "18.40"}]


AMOUNTS = {
    "12,5": "“12,5” can be read in two ways. Type it without a comma, like 18.40.",
    "1.234,50": "“1.234,50” can be read in two ways. Type it without a comma, like 18.40.",
    "1,234": "“1,234” can be read in two ways. Type it without a comma, like 18.40.",
    "12,5O": "“12,5O” is not an amount. Type it like 18.40.",
    "12.50001": "“12.50001” has more than 4 places after the point.",
    "100000000": "Use 99,999,999.9999 or less.",
    "-1": "Type an amount that is not below zero.",
    "": "“” is not an amount. Type it like 18.40.",
}


@pytest.mark.parametrize("typed", AMOUNTS)
def test_an_amount_that_may_mean_two_things_is_not_guessed(desk, shop, typed):
    seen = desk.send("prices", f'sku,unit_price\nCOF-HSE-1K,"{typed}"\n')
    assert seen.problems == [{"unit_price": AMOUNTS[typed]}]


@pytest.mark.parametrize("typed", ["25/12/2026", "12/25/26", "2026-13-01", "20261225", "25 Dec"])
def test_a_day_that_may_mean_two_things_is_not_guessed(desk, shop, typed):
    seen = desk.send("prices", table(f"{HEAD},valid_from", f"COF-HSE-1K,1,{typed}"))
    assert seen.said() == f"“{typed}” is not a day. Write it like 2026-12-25."


def test_cells_of_a_workbook_are_what_the_spreadsheet_took_them_for(desk, shop):
    from datetime import date

    rows = [
        ["sku", "unit_price", "valid_from"],
        [90.75, 1, None],
        ["COF-HSE-1K", "=1+1", None],
        ["COF-HSE-1K", 18.9, date(2026, 12, 25)],
        ["COF-DEC-1K", "#REF!", None],
        [date(2026, 1, 1), 1, None],
    ]
    seen = desk.send("prices", workbook(rows), "prices.xlsx")
    assert seen.problems[0]["sku"].startswith(
        "This cell is a number in the spreadsheet, so zeros may be lost"
    )
    assert seen.problems[1]["unit_price"].startswith("This is a formula.")
    assert seen.problems[2] == {}
    assert seen.problems[3]["unit_price"].startswith("The spreadsheet could not work this out")
    assert seen.problems[4]["sku"].startswith("This cell is a date")


def test_a_workbook_keeps_no_empty_cells_at_the_end_of_a_row(desk, shop):
    rows = [
        ["sku", "unit_price", "valid_to", None],
        ["COF-HSE-1K", 18.9],
        ["COF-DEC-1K", 18.9, "", None, " "],
        ["COF-DEC-1K", 19, None, None, "more"],
    ]
    seen = desk.send("prices", workbook(rows), "prices.xlsx")
    assert seen.verdicts == ["changed", "changed", "wrong"]
    assert seen.said() == "This row has 5 cells, and the header names 3."


def test_a_row_that_is_too_short_is_wrong_and_the_next_one_is_read(desk, shop):
    seen = desk.send("prices", "sku,unit_price\nCOF-HSE-1K\nCOF-DEC-1K,19.00\n")
    assert seen.verdicts == ["wrong", "changed"]
    assert seen.said() == "This row has 1 cells, and the header names 2."


def test_a_workbook_of_many_empty_rows_is_refused_soon(desk, shop, monkeypatch):
    book = openpyxl.Workbook()
    book.active["A1"], book.active["B1"] = "sku", "unit_price"
    book.active["A1048576"] = "COF-HSE-1K"
    file = BytesIO()
    book.save(file)
    assert "Most rows of this file are empty" in desk.send("prices", file.getvalue()).problem


def test_a_file_that_takes_too_much_memory_is_refused(desk, shop, monkeypatch):
    monkeypatch.setattr(bounds, "MOST_MEMORY", 1_000_000)
    assert "takes more memory than we give" in desk.send("prices", "sku\n🍞" + "x" * 9_000_000).problem


def test_more_than_ten_megabytes_are_not_even_taken(desk, shop):
    answer = desk.upload("prices", b"x" * 10_200_000)
    assert (answer.status_code, "This is more than 10 MB." in answer.text) == (413, True)
    assert desk.upload("prices", b"x" * 10_000_001).status_code == 422


def test_only_this_address_takes_so_much(desk):
    assert desk.visitor.submit("/admin/settings", name="x" * 1_100_000).status_code == 413


def test_a_form_without_a_file_says_so_beside_the_field(desk):
    answer = desk.visitor.submit("/admin/imports")
    assert answer.status_code == 422
    assert "Choose a CSV or XLSX file." in answer.text
    assert "Say what is in the file." in answer.text
