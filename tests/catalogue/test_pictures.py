"""Pictures: sent to the web, judged by the worker, shown to whoever is signed in, and to nobody else."""

import struct
import zlib
from io import BytesIO

import pytest
from flask import g
from PIL import Image, ImageOps
from sqlalchemy import select, update

from app.catalogue.models import PictureWaiting, Product
from app.catalogue.resizing import MOST_PIXELS
from app.catalogue.service import pictures as service
from app.core import clock
from app.core.audit import AuditEvent
from app.core.database import db
from app.core.outbox import OutboxMessage
from app.jobs import perform_all
from tests import factories

ORIENTATION, MAKE = 0x0112, 0x010F


def drawn(kind="JPEG", size=(1600, 800), mode="RGB", **more) -> bytes:
    found = BytesIO()
    Image.new(mode, size, "red").save(found, kind, **more)
    return found.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it has so many pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        crc = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", crc)

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


@pytest.fixture
def sourdough(context, files) -> Product:
    return factories.product("Sourdough")


def send(desk, product, content: bytes, name="holiday.jpg"):
    return desk.submit(f"/admin/products/{product.id}/picture", picture=(BytesIO(content), name))


def somebody_else_comes() -> None:
    """Flask-Login remembers the person as long as the context, which a test holds for several."""
    g.pop("_login_user", None)


def shown(product) -> Product:
    db.session.expire_all()
    return db.session.get_one(Product, product.id)


def opened(files, name) -> Image.Image:
    with files.open(name) as kept:
        return Image.open(BytesIO(kept.read()))


def files_kept(files) -> set[str]:
    return {path.name for path in files.folder.glob("??/*")}


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("JPEG", "RGB"), ("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "RGBA"), ("PNG", "P"), ("WEBP", "RGB")],
)
def test_a_picture_is_shown_in_two_sizes(desk, sourdough, files, kind, mode):
    sent = send(desk, sourdough, drawn(kind, mode=mode), "picture.txt")
    assert (sent.status_code, shown(sourdough).picture) == (303, None)
    assert "A picture is being looked at" in desk.get(sent.location).text
    perform_all()
    found = shown(sourdough)
    picture, thumbnail = opened(files, found.picture), opened(files, found.thumbnail)
    assert (picture.format, picture.size) == ("WEBP", (1200, 600))
    assert (thumbnail.format, thumbnail.size) == ("WEBP", (320, 160))
    assert f"/media/{found.picture}" in desk.get(sent.location).text
    assert db.session.scalars(select(PictureWaiting)).all() == []


def test_a_small_picture_is_not_enlarged(desk, sourdough, files):
    send(desk, sourdough, drawn(size=(200, 100)))
    perform_all()
    assert opened(files, shown(sourdough).picture).size == (200, 100)


def test_it_stands_upright_and_says_nothing_of_where_it_was_taken(desk, sourdough, files):
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKE] = 6, "A camera of Maya's"
    send(desk, sourdough, drawn(exif=exif, comment=b"at home", icc_profile=b"profile"))
    perform_all()
    for name in (shown(sourdough).picture, shown(sourdough).thumbnail):
        picture = opened(files, name)
        assert picture.height > picture.width
        assert not picture.getexif()
        assert not {"exif", "icc_profile", "xmp", "comment"} & picture.info.keys()
        with files.open(name) as kept:
            assert b"Maya" not in kept.read()


@pytest.mark.parametrize("held", range(1, 9))
def test_however_the_camera_was_held_it_stands_upright(desk, sourdough, files, held):
    taken = Image.new("RGB", (80, 60))
    taken.paste((255, 0, 0), (0, 0, 40, 30))  # red in one corner
    exif = Image.Exif()
    exif[ORIENTATION] = held
    saved = BytesIO()
    taken.save(saved, "PNG", exif=exif)
    send(desk, sourdough, saved.getvalue())
    perform_all()
    wanted, found = ImageOps.exif_transpose(Image.open(saved)), opened(files, shown(sourdough).picture)
    assert found.size == wanted.size
    corners = [(x, y) for x in (10, found.width - 10) for y in (10, found.height - 10)]
    red = [found.convert("RGB").getpixel(corner)[0] > 128 for corner in corners]
    assert red == [wanted.getpixel(corner)[0] > 128 for corner in corners]


def test_what_a_camera_wrote_badly_does_not_matter(desk, sourdough, files):
    chunk = b"eXIf" + b"MM\0*\0\0\0\x08\xff\xff" + b"\0" * 20
    content = drawn("PNG")
    broken = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    send(desk, sourdough, content[:33] + broken + content[33:])
    perform_all()
    assert shown(sourdough).picture


def test_a_picture_over_which_the_worker_died_again_and_again_is_given_up_in_words(desk, sourdough, files):
    sent = send(desk, sourdough, drawn())
    db.session.execute(update(OutboxMessage).values(attempts=3))
    db.session.commit()
    perform_all()
    assert "We tried several times to read this picture" in desk.get(sent.location).text
    assert shown(sourdough).picture is None


def test_a_bomb_is_refused_before_it_is_unpacked_and_the_page_says_why(desk, sourdough, files):
    send(desk, sourdough, bomb(8000, 5000), "bomb.png")
    perform_all()
    page = desk.get(f"/admin/products/{sourdough.id}").text
    assert "8,000 × 5,000 pixels" in page
    assert shown(sourdough).picture is None


def test_the_largest_that_is_allowed_is_only_a_matter_of_pixels(desk, sourdough, files):
    side = int(MOST_PIXELS**0.5)
    send(desk, sourdough, bomb(side + 1, side + 1), "large.png")
    perform_all()
    assert "pixels" in db.session.scalars(select(PictureWaiting.problem)).one()
    send(desk, sourdough, bomb(side, side), "damaged.png")
    perform_all()
    assert "damaged" in db.session.scalars(select(PictureWaiting.problem)).one()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"PK\x03\x04",
        b"RIFF1234WAVE",
        b"hello" * 100,
    ],
)
def test_what_is_no_picture_is_refused_at_once(desk, sourdough, files, content):
    answer = send(desk, sourdough, content, "picture.jpg")
    assert answer.status_code == 422
    assert "Send a JPEG, PNG or WebP" in answer.text
    assert db.session.scalars(select(PictureWaiting)).all() == []


@pytest.mark.parametrize(
    "content", [drawn()[:2000], b"\xff\xd8\xff" + b"x" * 500, drawn("PNG")[:300], drawn("WEBP")[:60]]
)
def test_a_damaged_picture_is_refused_in_words(desk, sourdough, files, content):
    send(desk, sourdough, content)
    perform_all()
    problem = db.session.scalars(select(PictureWaiting.problem)).one()
    assert problem.startswith(("This picture is damaged", "This is not a picture"))


def test_a_file_that_is_too_large_is_refused(desk, sourdough, files):
    answer = send(desk, sourdough, b"\xff\xd8\xff" + b"x" * 10_000_000)
    assert (answer.status_code, "Send a file of 10 MB or less." in answer.text) == (422, True)
    assert send(desk, sourdough, b"\xff\xd8\xff" + b"x" * 11_000_000).status_code == 413


def test_without_a_file_the_form_says_so(desk, sourdough, files):
    answer = desk.submit(f"/admin/products/{sourdough.id}/picture")
    assert (answer.status_code, "Choose a picture first." in answer.text) == (422, True)


def test_the_newest_picture_counts(desk, sourdough, files):
    send(desk, sourdough, drawn(size=(400, 400)))
    send(desk, sourdough, drawn(size=(500, 300)))
    perform_all()
    found = shown(sourdough)
    assert opened(files, found.picture).size == (500, 300)
    assert files_kept(files) == {found.picture, found.thumbnail}, "and the other is not kept"


def test_the_original_is_not_kept(desk, sourdough, files):
    send(desk, sourdough, drawn())
    original = db.session.scalars(select(PictureWaiting.original)).one()
    perform_all()
    assert not (files.folder / original[:2] / original).exists()


def test_only_the_files_of_what_is_shown_are_kept(desk, sourdough, files):
    for size in ((400, 400), (500, 300)):
        send(desk, sourdough, drawn(size=size))
        perform_all()
    found = shown(sourdough)
    assert files_kept(files) == {found.picture, found.thumbnail}
    send(desk, sourdough, drawn()[:2000])
    perform_all()
    assert files_kept(files) == {found.picture, found.thumbnail}, "and nothing of one that was refused"
    desk.submit(f"/admin/products/{sourdough.id}/picture/remove")
    perform_all()
    assert files_kept(files) == set()


def test_one_that_waits_is_forgotten_with_its_file(desk, sourdough, files):
    send(desk, sourdough, drawn())
    desk.submit(f"/admin/products/{sourdough.id}/picture/remove")
    perform_all()
    assert (shown(sourdough).picture, files_kept(files)) == (None, set())


def test_a_picture_that_two_products_show_stays_for_the_other(desk, sourdough, files):
    other = factories.product("Rye")
    for product in (sourdough, other):
        send(desk, product, drawn())
    perform_all()
    desk.submit(f"/admin/products/{sourdough.id}/picture/remove")
    perform_all()
    assert files_kept(files) == {shown(other).picture, shown(other).thumbnail}


def test_what_was_judged_too_late_is_neither_shown_nor_refused_nor_kept(desk, sourdough, files):
    """Another one was sent while the worker looked at this one."""
    send(desk, sourdough, drawn(size=(500, 300)))
    late = [files.keep(BytesIO(content), largest=100).name for content in (b"picture", b"thumbnail")]
    service.show(sourdough.id, "0" * 64, picture=late[0], thumbnail=late[1])
    service.refuse(sourdough.id, "0" * 64, problem="It came too late.", at=clock.now())
    perform_all()
    found = shown(sourdough)
    assert opened(files, found.picture).size == (500, 300)
    assert files_kept(files) == {found.picture, found.thumbnail}


def test_a_picture_can_be_too_small(desk, sourdough, files):
    send(desk, sourdough, drawn("PNG", size=(800, 39)))
    perform_all()
    assert "only 800 × 39 pixels. Send a larger one." in desk.get(f"/admin/products/{sourdough.id}").text


def test_a_deleted_product_takes_no_picture(desk, sourdough, files):
    sourdough.deleted_at = clock.now()
    db.session.commit()
    answer = send(desk, sourdough, drawn())
    assert (answer.status_code, "Sourdough is deleted. Restore it" in answer.text) == (422, True)
    assert db.session.scalars(select(PictureWaiting)).all() == []


def test_a_picture_that_was_lost_is_asked_for_again(desk, sourdough, files):
    send(desk, sourdough, drawn())
    files.remove(db.session.scalars(select(PictureWaiting.original)).one())
    perform_all()
    assert "lost on its way" in desk.get(f"/admin/products/{sourdough.id}").text


def test_a_form_that_was_open_meanwhile_can_still_be_saved(desk, sourdough, files):
    before = shown(sourdough).version
    send(desk, sourdough, drawn())
    perform_all()
    assert shown(sourdough).version == before


def test_a_picture_is_taken_down(desk, sourdough, files):
    send(desk, sourdough, drawn())
    perform_all()
    name = shown(sourdough).picture
    assert desk.submit(f"/admin/products/{sourdough.id}/picture/remove").status_code == 303
    assert shown(sourdough).picture is None
    assert desk.get(f"/media/{name}").status_code == 404
    assert "product.picture_removed" in db.session.scalars(select(AuditEvent.action)).all()


def test_pictures_are_served_for_a_year_to_whoever_is_signed_in(desk, as_user, maya, sourdough, files):
    send(desk, sourdough, drawn())
    perform_all()
    somebody_else_comes()
    buyer, address = as_user(maya), f"/media/{shown(sourdough).thumbnail}"
    answer = buyer.get(address)
    assert (answer.status_code, answer.content_type) == (200, "image/webp")
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert Image.open(BytesIO(answer.data)).size == (320, 160)
    assert buyer.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_nobody_sees_a_picture_without_signing_in(visitor, sourdough, files):
    sourdough.picture = files.keep(BytesIO(drawn("WEBP")), largest=100_000).name
    db.session.commit()
    assert visitor.get(f"/media/{sourdough.picture}").status_code == 302


def test_only_what_a_product_shows_is_served(desk, as_user, maya, sourdough, files):
    kept = files.keep(BytesIO(b"somebody's import"), largest=100)
    buyer = as_user(maya)
    for name in (kept.name, "0" * 64, "drafts", "..", kept.name[:10]):
        assert buyer.get(f"/media/{name}").status_code == 404


def test_buyers_send_no_pictures(as_user, maya, tom, sourdough, files):
    assert send(as_user(maya), sourdough, drawn()).status_code == 404
    somebody_else_comes()
    assert send(as_user(tom), sourdough, drawn()).status_code == 403
