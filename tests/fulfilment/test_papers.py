"""Packing slips and pick lists: on the page, as PDF, and in the store."""

from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select, update

from app.core import clock
from app.core.access import SYSTEM
from app.core.bars import WIDE_STROKES, bars_of
from app.core.database import db
from app.core.outbox import OutboxMessage
from app.core.typesetting import pdf_of
from app.fulfilment.jobs import NO_END, TRIES
from app.fulfilment.models import ShipmentPaper
from app.fulfilment.papers import along_the_shelves
from app.fulfilment.service import packing, sending
from app.fulfilment.service.packing import WhenShort
from app.jobs import perform_all
from tests import factories
from tests.fulfilment.moving_goods import confirmed, packed, picking, sent
from tests.orders.ordering import goods
from tests.stock.shelving import filled

NOTE = "#panic() *Side* door $4471$ \\ code, Žluťoučký кот"


def page_of(shipment) -> str:
    return f"/desk/shipments/{shipment.id}"


def made(picker, shipment, kind: str = "packing_slip"):
    """Asked for, made by the worker, and read."""
    assert picker.submit(f"{page_of(shipment)}/{kind}", once=kind).status_code == 303
    perform_all()
    return PdfReader(BytesIO(picker.get(f"{page_of(shipment)}/{kind}.pdf").data))


def text_of(pdf: PdfReader) -> str:
    return "\n".join(page.extract_text() for page in pdf.pages)


def papers() -> list[ShipmentPaper]:
    db.session.expire_all()
    return list(db.session.scalars(select(ShipmentPaper).order_by(ShipmentPaper.id)))


def test_a_slip_says_what_is_in_the_box_and_what_is_not(picker, cafe, loaf, buns):
    order = confirmed({loaf: 10, buns: 6}, cafe, po_number="CK-1119", notes=NOTE)
    shipment = packed(order, picked={1: 8, 2: 6})
    page = picker.get(f"{page_of(shipment)}/slip").text
    assert page.index("A-2") < page.index("A-11")
    for words in ("CK-1119", "14 Weir Street", "Copper Kettle Café", "2 of Sourdough will follow."):
        assert words in page
    assert f"Bar code for {order.number}" in page
    assert "3.25" not in page
    assert "£" not in page


def test_what_was_cancelled_is_said_on_the_slip(picker, cafe, loaf, buns):
    order = confirmed({loaf: 10, buns: 6}, cafe)
    shipment = packed(order, picked={1: 8, 2: 6}, when_short=WhenShort.CANCEL)
    page = picker.get(f"{page_of(shipment)}/slip").text
    assert "2 of Sourdough will not come" in page
    assert "will follow" not in page


def test_slips_of_several_orders_are_printed_at_once(picker, cafe, loaf):
    first, second, third = (confirmed({loaf: 2}, cafe) for _ in range(3))
    sent(first), picking(second)
    numbers = "&".join(f"order={order.number}" for order in (first, second, third))
    page = picker.get(f"/desk/shipments/slips?{numbers}&order=x").text
    assert page.count('class="sheet"') == 2
    assert f"Order {third.number} has no packing slip yet" in page
    nothing = picker.get("/desk/shipments/slips").text
    assert "Nothing was ticked" in nothing
    assert "<title>No packing slip to print" in nothing


def test_a_slip_becomes_a_pdf_of_the_same_words(picker, cafe, loaf, buns, files):
    order = confirmed({loaf: 10, buns: 6}, cafe, notes=NOTE)
    pdf = made(picker, packed(order, picked={1: 8, 2: 6}))
    said = text_of(pdf)
    assert len(pdf.pages) == 1
    for words in ("Packing slip", f"{order.number}/1", "Copper Kettle Café", "Sourdough", "2 of Sourdough"):
        assert words in said
    assert "#panic() *Side* door $4471$ \\ code, Žluťoučký кот" in " ".join(said.split())


def test_a_long_slip_counts_its_pages(picker, cafe, context, files):
    many = {filled(goods(f"Loaf {n}", "1.00", shelf=f"B-{n}"), 5): 1 for n in range(60)}
    pdf = made(picker, packed(confirmed(many, cafe)))
    assert len(pdf.pages) == 3
    assert "1 of 3" in pdf.pages[0].extract_text()


def test_a_pick_list_becomes_a_pdf_too(picker, cafe, loaf, files):
    said = text_of(made(picker, picking(confirmed({loaf: 10}, cafe)), "pick_list"))
    for words in ("Pick list", "A-11", "Sourdough", "10"):
        assert words in said


def test_the_page_says_that_it_is_being_made_and_then_shows_it(picker, cafe, loaf, files):
    shipment = packed(confirmed({loaf: 10}, cafe))
    picker.submit(f"{page_of(shipment)}/packing_slip", once="a")
    assert "Packing slip is being made." in picker.get(page_of(shipment)).text
    assert picker.get(f"{page_of(shipment)}/packing_slip.pdf").status_code == 404
    picker.submit(f"{page_of(shipment)}/packing_slip", once="b")
    assert perform_all_of_it() == 1
    assert f"{page_of(shipment)}/packing_slip.pdf" in picker.get(page_of(shipment)).text


def perform_all_of_it() -> int:
    """How many PDFs were asked for."""
    asked = select(OutboxMessage).where(OutboxMessage.topic == "fulfilment.make_pdf")
    count = len(db.session.scalars(asked).all())
    perform_all()
    return count


def test_a_shipment_that_changed_gets_a_new_one_and_the_old_file_goes(picker, cafe, loaf, files):
    shipment = picking(confirmed({loaf: 10}, cafe))
    made(picker, shipment)
    [before] = [paper.file for paper in papers()]
    packing.pack(shipment.id, picked={1: 8}, by=SYSTEM, at=clock.now())
    page = picker.get(page_of(shipment)).text
    assert "Packing slip, before the last change" in page
    assert picker.submit(f"{page_of(shipment)}/packing_slip", once="again").status_code == 303
    perform_all()
    [after] = [paper.file for paper in papers()]
    assert after != before
    assert {path.name for path in files.folder.glob("??/*")} == {after}


def test_a_character_that_no_font_has_becomes_a_box_and_the_page_says_so(picker, cafe, loaf, files):
    shipment = packed(confirmed({loaf: 10}, cafe, notes="Ring the bell 🥐 for 👨\u200d👩, 🥐"))
    said = " ".join(text_of(made(picker, shipment)).split())
    assert "Ring the bell □ for □□, □" in said
    page = picker.get(page_of(shipment)).text
    assert "We have no font for 🥐👨👩, so it shows □." in page
    assert "cannot be made" not in page
    assert "Make the packing slip" not in page
    assert "🥐" in picker.get(f"{page_of(shipment)}/slip").text


def test_a_file_that_another_shipment_shows_stays(picker, cafe, loaf, files):
    first, second = (picking(confirmed({loaf: 10}, cafe)) for _ in range(2))
    made(picker, first)
    [paper] = papers()
    factories.saved(ShipmentPaper(shipment_id=second.id, kind=paper.kind, version=2, file=paper.file))
    packing.pack(first.id, by=SYSTEM, at=clock.now())
    picker.submit(f"{page_of(first)}/packing_slip", once="again")
    perform_all()
    assert {path.name for path in files.folder.glob("??/*")} == {one.file for one in papers()}
    assert len({one.file for one in papers()}) == 2


def test_a_pdf_that_could_not_be_made_is_given_up_after_its_tries(picker, cafe, loaf, files):
    shipment = packed(confirmed({loaf: 10}, cafe))
    picker.submit(f"{page_of(shipment)}/packing_slip", once="a")
    db.session.execute(update(OutboxMessage).values(attempts=TRIES))
    db.session.commit()
    perform_all()
    page = picker.get(page_of(shipment)).text
    assert NO_END in page
    assert "Make the packing slip" in page


def test_without_a_place_for_files_it_is_said_at_once(picker, cafe, loaf):
    shipment = packed(confirmed({loaf: 10}, cafe))
    answer = picker.submit(f"{page_of(shipment)}/packing_slip", once="a")
    assert answer.status_code == 422
    assert "There is no place for files yet" in answer.text


def test_the_same_words_make_the_same_file(context):
    content = {"title": "Pick list", "shipments": [], "takes": []}
    one, other = (pdf_of("pick_list", content, at=clock.now().replace(second=0)) for _ in range(2))
    assert one == other
    assert one.pdf.startswith(b"%PDF")


def test_what_has_no_shape_is_left_out(context):
    title = "\ufffe\U000e0041\x01Pick \U0001f950"
    made = pdf_of("pick_list", {"title": title, "shipments": [], "takes": []}, at=clock.now())
    assert made.without == "\U0001f950"
    assert "Pick □" in text_of(PdfReader(BytesIO(made.pdf)))


def test_a_paper_of_what_was_put_back_is_not_listed(picker, cafe, loaf):
    shipment = picking(confirmed({loaf: 10}, cafe))
    packing.put_back(shipment.id, by=SYSTEM, at=clock.now())
    assert picker.get(f"{page_of(shipment)}/pick-list").status_code == 404


def test_shelves_come_as_people_walk():
    shelves = ["", "B-1", "A-11", "A-2", "a-3", "12", "A"]
    assert sorted(shelves, key=along_the_shelves) == ["12", "A", "A-2", "a-3", "A-11", "B-1", ""]


def read(code) -> str:
    """What a scanner reads: every bar and gap is narrow or wide."""
    strokes = []
    for bar, following in zip(code.bars, [*code.bars[1:], None], strict=True):
        strokes.append(bar.width)
        strokes.append(following.x - bar.x - bar.width if following else 1)
    signs = {wide: sign for sign, wide in WIDE_STROKES.items()}
    groups = [strokes[start : start + 9] for start in range(0, len(strokes), 10)]
    return "".join(signs[tuple(place for place, width in enumerate(group) if width == 3)] for group in groups)


@pytest.mark.parametrize("text", ["10482", "1234567890", "10482/1"])
def test_a_bar_code_reads_back(text):
    code = bars_of(text)
    assert read(code) == f"*{text}*"
    assert code.width == 16 * (len(text) + 2) - 1
    assert len(set(WIDE_STROKES.values())) == len(WIDE_STROKES)


def test_an_order_that_left_shows_its_last_shipment(picker, cafe, loaf):
    order = confirmed({loaf: 10}, cafe)
    first, second = sent(order, picked={1: 6}), sent(order)
    sending.deliver(first.id, by=SYSTEM, at=clock.now())
    page = picker.get(f"/desk/shipments/slips?order={order.number}").text
    assert second.number in page
    assert first.number not in page
