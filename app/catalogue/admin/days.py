"""The day it is at the business, which prices and rates go by."""

from datetime import date

from app.core import clock
from app.core.business import business


def today() -> date:
    return clock.business_day(clock.now(), business().time_zone)
