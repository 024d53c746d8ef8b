"""What every template can rely on: the viewer, the business, the menu, words for times and money."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, g

from app.core import clock
from app.core.business import business, business_lately
from app.core.business import today as business_today
from app.core.money import money as words_for_money
from app.core.money import percent, sign_of
from app.core.money import unit_money as words_for_unit_price
from app.core.text import counted, in_full, long_day
from app.web.access import viewer_if_known
from app.web.csrf import csrf_field
from app.web.forms import once_field
from app.web.listing import address_of_each
from app.web.navigation import menu_for
from app.web.static_files import StaticFiles


def furnish(app: Flask, static: StaticFiles) -> None:
    app.jinja_env.globals.update(
        address_of_each=address_of_each,
        asset=static.url,
        csrf_field=csrf_field,
        is_a_page=app.view_functions.__contains__,
        once_field=once_field,
        menu=lambda waiting=None: menu_for(viewer_if_known(), business(), app, waiting=waiting),
    )
    app.jinja_env.filters.update(
        counted=counted,
        currency_sign=sign_of,
        day=day,
        exact=exact,
        in_full=in_full,
        long_day=long_day,
        moment=moment,
        near_day=near_day,
        money=money,
        percent=percent,
        unit_money=unit_money,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(_surroundings)


def _surroundings() -> dict[str, Any]:
    me = viewer_if_known()
    asks_nothing = me.is_authenticated or "failed" in g  # an error page asks no database
    return {"me": me, "business": business() if asks_nothing else business_lately()}


def moment(at: datetime | None) -> str:
    """Today 13:05, Yesterday, Tue 17 Nov, 20 December 2025."""
    if at is None:
        return "Never"
    zone = ZoneInfo(business().time_zone)
    local, today = at.astimezone(zone), clock.now().astimezone(zone).date()
    if local.date() == today:
        return f"Today {local:%H:%M}"
    return day(local.date(), today=today)


def day(on: date, *, today: date | None = None) -> str:
    today = today or business_today()
    if on == today:
        return "Today"
    if on == today - timedelta(days=1):
        return "Yesterday"
    if on == today + timedelta(days=1):
        return "Tomorrow"
    if abs(on - today) < timedelta(days=180):
        return f"{on:%a} {on.day} {on:%b}"
    return in_full(on)


def near_day(on: date) -> str:
    """Inside a sentence: today, tomorrow, Fri 20 Nov."""
    word = day(on)
    return word.lower() if word in {"Today", "Tomorrow", "Yesterday"} else word


def exact(at: datetime | None) -> str:
    """To the second, in the business's own time."""
    return "" if at is None else f"{at.astimezone(ZoneInfo(business().time_zone)):%Y-%m-%d %H:%M:%S}"


def money(amount: Decimal) -> str:
    """In the currency of the business."""
    return words_for_money(amount, business().currency)


def unit_money(amount: Decimal) -> str:
    """What one costs, with up to four places."""
    return words_for_unit_price(amount, business().currency)
