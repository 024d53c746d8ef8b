"""Answers to trade applications: yes, with the terms, or no, with the reason."""

from datetime import datetime
from typing import Unpack

from app.accounts.models import Customer, CustomerStatus
from app.accounts.queries import people
from app.accounts.service import applications
from app.core import audit, outbox
from app.core.access import Viewer
from app.core.transaction import use_case
from app.customers.service.customers import Facts, edit
from app.customers.service.standing import shut_out


@use_case
def approve(customer_id: int, *, by: Viewer, at: datetime, **terms: Unpack[Facts]) -> Customer:
    """Whoever applied may order from now on, at these terms, and hears so by mail."""
    customer = people.customer_seen_by(by, customer_id, locked=True)
    edit(customer.code, version=customer.version, by=by, **terms)
    return applications.approve(customer_id, by=by, at=at)


@use_case
def refuse(customer_id: int, *, reason: str, by: Viewer, at: datetime) -> Customer:
    """The customer is closed and can be reopened; whoever applied hears why."""
    customer = people.customer_seen_by(by, customer_id, locked=True)
    customer.move(CustomerStatus.CLOSED, out_of=(CustomerStatus.APPLIED,), reason=reason)
    customer.mark_edited(by.user_id)
    audit.record("customer.refused", customer, by=by)
    shut_out(customer, by=by, at=at)
    buyer = people.first_buyer_of(customer.id)
    if buyer:
        outbox.promise("customers.mail_refused", user_id=buyer.id, reason=reason)
    return customer
