"""Who buys from Millrace, who of us looks after them, and who would like to."""

from typing import NamedTuple

HANA, TOM = "owner@millrace.example", "tom@millrace.example"


class DemoCustomer(NamedTuple):
    """The two without a buyer here have one who greets you."""

    code: str
    name: str
    terms: str
    limit: int
    buyer: str
    street: str
    city: str
    postcode: str
    manager: str


class DemoApplicant(NamedTuple):
    code: str
    name: str
    phone: str
    tax_id: str
    buyer: str


CUSTOMERS = (
    DemoCustomer(
        "COPPER-KETTLE", "Copper Kettle Café", "net30", 5000, "", "12 Boar Lane", "Leeds", "LS1 6EN", TOM
    ),
    DemoCustomer(
        "NORTHGATE", "Northgate Deli", "net30", 5000, "", "88 Northgate", "Wakefield", "WF1 3QX", TOM
    ),
    DemoCustomer(
        "ALBION-MILL",
        "Albion Mill Bakery",
        "net14",
        3000,
        "Ruth Akers",
        "Albion Mill",
        "Keighley",
        "BD21 2LH",
        HANA,
    ),
    DemoCustomer(
        "BRIDGE-END",
        "Bridge End Tearoom",
        "net7",
        800,
        "Colin Threlfall",
        "3 Bridge End",
        "Ilkley",
        "LS29 9AU",
        TOM,
    ),
    DemoCustomer(
        "CANAL-ROAD",
        "Canal Road Social",
        "net30",
        2500,
        "Priya Nand",
        "41 Canal Road",
        "Bradford",
        "BD1 4SJ",
        TOM,
    ),
    DemoCustomer(
        "DALES-FARM",
        "Dales Farm Shop",
        "net30",
        4000,
        "Harriet Lund",
        "Gargrave Road",
        "Skipton",
        "BD23 1UD",
        HANA,
    ),
    DemoCustomer(
        "ELMET-ARMS",
        "The Elmet Arms",
        "net14",
        1500,
        "Joe Marsden",
        "Main Street",
        "Barwick",
        "LS15 4JR",
        TOM,
    ),
    DemoCustomer(
        "FOUNDRY-GYM",
        "Foundry Gym Café",
        "prepay",
        0,
        "Ade Balogun",
        "7 Foundry Lane",
        "Leeds",
        "LS9 8AD",
        "",
    ),
    DemoCustomer(
        "GRANARY",
        "The Granary Hotel",
        "net60",
        12000,
        "Margaret Voss",
        "1 Wharf Street",
        "York",
        "YO1 7HU",
        HANA,
    ),
    DemoCustomer(
        "HEADROW",
        "Headrow Coffee Bar",
        "net30",
        3500,
        "Sam Kirkbride",
        "120 The Headrow",
        "Leeds",
        "LS1 5JW",
        TOM,
    ),
    DemoCustomer(
        "KIRKSTALL",
        "Kirkstall Community Kitchen",
        "net30",
        600,
        "Bea Oduya",
        "Abbey Road",
        "Leeds",
        "LS5 3EH",
        "",
    ),
    DemoCustomer(
        "ROUNDHAY", "Roundhay Park Kiosk", "net7", 900, "Lewis Tan", "Mansion Lane", "Leeds", "LS8 2HH", TOM
    ),
)
ON_STOP = {"ELMET-ARMS": "Two invoices are overdue; Joe pays the first one on Friday."}
APPLICANT = DemoApplicant(
    "TANNERY-ROW", "Tannery Row Espresso", "0113 496 0527", "GB 987 6543 21", "Ines Calder"
)
CLOSED = {"ROUNDHAY": "The kiosk is let to somebody else since the autumn."}
