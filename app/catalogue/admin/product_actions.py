"""What is done to products without a form of their own: deleting, restoring, pictures."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.catalogue.admin.blueprint import bp
from app.catalogue.admin.forms import PictureForm
from app.catalogue.admin.products import product_page
from app.catalogue.queries import products as queries
from app.catalogue.service import pictures
from app.catalogue.service import products as service
from app.core import clock
from app.core.access import Permission
from app.web.access import requires, viewer
from app.web.arrival import takes_file
from app.web.forms import VersionedForm
from app.web.idempotency import once
from app.web.parts import files


@bp.route("/products/<int:product_id>/remove", methods=["GET", "POST"])
@requires(Permission.CATALOGUE_WRITE, staff=True)
@once
def remove_product(product_id: int) -> ResponseReturnValue:
    form = VersionedForm(obj=queries.product(product_id))
    if form.validate_on_submit():
        with form.showing_refusals():
            gone = service.remove(product_id, version=form.seen_version, by=viewer(), at=clock.now())
            flash(f"{gone.name} is deleted", "good")
            return redirect(url_for(".product", product_id=product_id), code=303)
    found = queries.product(product_id)
    form.compare_with(found)
    return form.page("catalogue/admin/product_remove.html", product=found)


@bp.route("/products/<int:product_id>/restore", methods=["GET", "POST"])
@requires(Permission.CATALOGUE_WRITE, staff=True)
@once
def restore_product(product_id: int) -> ResponseReturnValue:
    form = VersionedForm(obj=queries.product(product_id))
    if form.validate_on_submit():
        with form.showing_refusals():
            back = service.restore(product_id, version=form.seen_version, by=viewer())
            flash(f"{back.name} is back", "good")
            return redirect(url_for(".product", product_id=product_id), code=303)
    found = queries.product(product_id)
    form.compare_with(found)
    return form.page("catalogue/admin/product_restore.html", product=found)


@bp.post("/products/<int:product_id>/picture")
@requires(Permission.CATALOGUE_WRITE, staff=True)
@takes_file(at_most=pictures.LARGEST)
def send_picture(product_id: int) -> ResponseReturnValue:
    """The file is kept before any transaction begins. The same one sent twice is one file."""
    form, found = PictureForm(), queries.product(product_id)
    if form.validate_on_submit():
        with form.showing_refusals():
            pictures.take_in(product_id, pictures.store(form.picture.data.stream, files()), by=viewer())
            flash("The picture is here. It is shown as soon as it has been looked at", "good")
            return redirect(url_for(".product", product_id=product_id), code=303)
    return product_page(form, found)


@bp.post("/products/<int:product_id>/picture/remove")
@requires(Permission.CATALOGUE_WRITE, staff=True)
@once
def remove_picture(product_id: int) -> ResponseReturnValue:
    product = pictures.take_down(product_id, by=viewer())
    flash(f"{product.name} stands without a picture now", "good")
    return redirect(url_for(".product", product_id=product_id), code=303)
