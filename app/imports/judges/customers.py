"""Customers in a file, with their buyers and addresses, beside those that we know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.imports.columns import Values, is_same, unknown
from app.imports.judges.around import Around, ReadRow, Standing
from app.imports.kinds import CUSTOMERS
from app.imports.kinds.customers import ADDRESS, ADDRESS_SAYS, BUYER, FACTS
from app.imports.kinds.kind import Problems

NEW_ADDRESS_NEEDS = ("address_line1", "address_city", "address_postcode")
USUAL = ("address_billing", "address_shipping")
Texts = dict[str, str]


@dataclass(slots=True)
class Known:
    """One customer of ours. Labels are not unique, so there may be several addresses behind one."""

    standing: Standing
    buyers: dict[str, Texts] = field(default_factory=dict)
    addresses: list[Texts] = field(default_factory=list)

    def called(self, label: str) -> Sequence[Texts]:
        return [texts for texts in self.addresses if texts["address_label"].lower() == label.lower()]


@dataclass(frozen=True, slots=True)
class AroundCustomers(Around):
    """`people` says whose an email address is: the code of a customer, or nothing for one of our own."""

    customers: Mapping[str, Known]
    people: Mapping[str, str]
    lists: frozenset[str]
    managers: frozenset[str]

    def standing(self, values: Values) -> Standing | None:
        """The customer, with the buyer and the address that the row names, as far as we have them."""
        known = self.customers.get(values["code"])
        if known is None:
            return None
        buyer = known.buyers.get(values["buyer_email"], {})
        texts = {
            **known.standing.texts,
            **_part(BUYER, buyer, values, is_named=bool(values["buyer_email"])),
            **_part(ADDRESS, _address(known, values), values, is_named=bool(values["address_label"])),
        }
        return known.standing._replace(texts=texts)

    def unknown(self, values: Values) -> Problems:
        found: Problems = {}
        if values.get("price_list", "").lower() not in self.lists | {""}:
            found["price_list"] = unknown(values["price_list"], sorted(self.lists))
        if values.get("account_manager", "") not in self.managers | {""}:
            found["account_manager"] = f"None of our own staff has the address {values['account_manager']}."
        return found

    def problems(self, values: Values, standing: Standing | None) -> Problems:
        known = self.customers.get(values["code"])
        found = CUSTOMERS.rule(values) | self.unknown(values)
        if standing and values.get("status", standing.texts["status"]) != standing.texts["status"]:
            found["status"] = "An import does not move a customer that we have: do that on its own page."
        return found | self._of_the_buyer(values, known) | _of_the_address(values, known)

    def clashes(self, rows: Sequence[ReadRow]) -> Mapping[int, Problems]:
        return _facts_differ(rows) | self._said_twice(rows) | self._two_usual(rows)

    def _of_the_buyer(self, values: Values, known: Known | None) -> Problems:
        email = values["buyer_email"]
        if self.people.get(email, values["code"]) != values["code"]:
            return {"buyer_email": f"Somebody else already uses {email}."}
        is_new = email and not (known and email in known.buyers)
        if is_new and not values.get("buyer_name"):
            return {"buyer_name": "A new buyer needs a name."}
        return {}

    def _said_twice(self, rows: Sequence[ReadRow]) -> dict[int, Problems]:
        """The same buyer, or the same address of one customer, unless we have two of that label ourselves."""
        found: dict[int, Problems] = {}
        for name, key in (("buyer_email", ("buyer_email",)), ("address_label", ("code", "address_label"))):
            first: dict[tuple[str, ...], int] = {}
            for row in rows:
                told = tuple(row.values[column].lower() for column in key)
                known = self.customers.get(row.values["code"])
                is_double = name == "address_label" and known and len(known.called(told[-1])) > 1
                if told[-1] and first.setdefault(told, row.line) != row.line and not is_double:
                    found[row.line] = {name: f"Row {first[told]} says {row.values[name]} as well."}
        return found

    def _two_usual(self, rows: Sequence[ReadRow]) -> dict[int, Problems]:
        """Of the addresses of one customer, with the whole file written, at most one is the usual one."""
        found: dict[int, Problems] = {}
        for name in USUAL:
            usual = dict(self._usual_now(name))
            for row in rows:
                code, label = row.values["code"], row.values["address_label"].lower()
                if row.values.get(name) == "no" and usual.get(code) == label:
                    del usual[code]
            for row in rows:
                code, label = row.values["code"], row.values["address_label"].lower()
                if row.values.get(name) == "yes" and usual.setdefault(code, label) != label:
                    said = f"{code} has another usual address. Say no for that one in the same file."
                    found[row.line] = {name: said}
        return found

    def _usual_now(self, name: str) -> list[tuple[str, str]]:
        return [
            (code, texts["address_label"].lower())
            for code, known in self.customers.items()
            for texts in known.addresses
            if texts[name] == "yes"
        ]


def _part(prefix: str, texts: Texts, values: Values, *, is_named: bool) -> Texts:
    """What the row does not speak of cannot differ."""
    names = [name for name in CUSTOMERS.column if name.startswith(prefix)]
    return {name: texts.get(name, "") if is_named else values.get(name, "") for name in names}


def _address(known: Known, values: Values) -> Texts:
    """The one of that label; of several, the one that is exactly as the row says."""
    found = known.called(values["address_label"])
    if len(found) < 2:
        return found[0] if found else {}
    said = [name for name in values if name.startswith(ADDRESS)]
    exact = (texts for texts in found if all(is_same(values[name], texts[name]) for name in said))
    return next(exact, {})


def _of_the_address(values: Values, known: Known | None) -> Problems:
    label = values["address_label"]
    if not label or (known and _address(known, values)):
        return {}
    if known and known.called(label):
        said = f"{values['code']} has two addresses called {label}. Give them different labels on its page."
        return {"address_label": said}
    missing = [name for name in NEW_ADDRESS_NEEDS if not values.get(name)]
    return {missing[0]: ADDRESS_SAYS[missing[0]]} if missing else {}


def _facts_differ(rows: Sequence[ReadRow]) -> dict[int, Problems]:
    """Between the rows of one customer."""
    first: dict[str, ReadRow] = {}
    found: dict[int, Problems] = {}
    for row in rows:
        other = first.setdefault(row.values["code"], row)
        differing = [name for name in FACTS if row.values.get(name) != other.values.get(name)]
        if differing:
            told = other.values[differing[0]]
            found[row.line] = {differing[0]: f"Row {other.line} says “{told}” of the same customer."}
    return found
