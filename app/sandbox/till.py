"""What every part of the sandbox has at hand, and how something that happened becomes an event to tell."""

import time
from dataclasses import dataclass, field

from app.sandbox.faults import Faults
from app.sandbox.store import Json, Store
from app.sandbox.wire import new_id


@dataclass
class Till:
    """One account at the sandbox."""

    store: Store
    secret_key: str
    webhook_secret: str
    business: str = "A business"
    faults: Faults = field(default_factory=Faults)

    def tell(self, kind: str, thing: Json) -> None:
        """Promised with the work itself, and told afterwards."""
        event = {
            "id": new_id("evt"),
            "object": "event",
            "type": kind,
            "created": int(time.time()),
            "livemode": False,
            "data": {"object": thing},
        }
        if self.faults.struck("silent", kind):
            return
        late = self.faults.struck("disorder", kind)
        self.store.promise(event, after=late.seconds if late else 0)
        if self.faults.struck("duplicate", kind):
            self.store.promise(event)
        if self.faults.struck("forged", kind):
            self.store.promise(event | {"id": new_id("evt_forged")}, forged=True)

    def note(self, kind: str, payment: Json, amount: int) -> None:
        """Into the ledger."""
        entry = {
            "at": time.time(),
            "kind": kind,
            "payment": payment["id"],
            "amount": amount,
            "currency": payment["currency"],
            "metadata": payment["metadata"],
        }
        self.store.enter(entry)
