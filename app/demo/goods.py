"""What Millrace sells, in plain words: six shelves of it."""

from typing import NamedTuple


class Shelf(NamedTuple):
    """A category: its slug, its name, its picture, how it is taxed, and what it holds.

    A product is a line: SKU, name, unit, price, smallest pack, usual stock, low at.
    """

    slug: str
    name: str
    icon: str
    tax: str
    products: str


COFFEE = Shelf(
    "coffee",
    "Coffee",
    "bean",
    "zero",
    """
COF-HSE-1K   | House espresso, 1 kg            | bag of beans       | 18.40 | 1 | 42 | 10
COF-HSE-6K   | House espresso, 6 kg            | box of 6 bags      | 104.90 | 1 | 12 | 3
COF-HSE-250  | House espresso, 250 g           | box of 8 bags      | 42.40 | 1 | 15 | 4
COF-DEC-1K   | Decaf espresso, 1 kg            | bag of beans       | 19.60 | 1 | 17 | 6
COF-DEC-250  | Decaf espresso, 250 g           | box of 8 bags      | 45.60 | 1 | 9 | 3
COF-ETH-1K   | Ethiopia Guji filter, 1 kg      | bag of beans       | 23.50 | 1 | 14 | 4
COF-ETH-250  | Ethiopia Guji filter, 250 g     | box of 8 bags      | 52.80 | 1 | 3 | 4
COF-KEN-1K   | Kenya Nyeri filter, 1 kg        | bag of beans       | 25.20 | 1 | 11 | 3
COF-KEN-250  | Kenya Nyeri filter, 250 g       | box of 8 bags      | 56.00 | 1 | 7 | 3
COF-COL-1K   | Colombia Huila, 1 kg            | bag of beans       | 20.80 | 1 | 24 | 6
COF-COL-250  | Colombia Huila, 250 g           | box of 8 bags      | 48.00 | 1 | 10 | 3
COF-BRA-1K   | Brazil Cerrado, 1 kg            | bag of beans       | 17.90 | 1 | 31 | 8
COF-SUM-1K   | Sumatra Gayo, 1 kg              | bag of beans       | 21.40 | 1 | 8 | 4
COF-GUA-1K   | Guatemala Antigua, 1 kg         | bag of beans       | 22.10 | 1 | 13 | 4
COF-FLT-50   | Filter coffee sachets, 50 × 60 g | box of 50         | 62.50 | 1 | 18 | 5
COF-CLD-12   | Cold brew bags, 12 × 80 g       | box of 12          | 27.60 | 1 | 6 | 4
COF-INS-500  | Freeze-dried coffee, 500 g      | tin                | 14.20 | 1 | 22 | 6
TEA-BRK-250  | Breakfast tea, 250 bags         | box of 250         | 11.80 | 1 | 36 | 10
TEA-EAR-100  | Earl Grey, 100 envelopes        | box of 100         | 9.90 | 1 | 19 | 6
TEA-MNT-100  | Peppermint, 100 envelopes       | box of 100         | 10.40 | 1 | 12 | 5
""",
)

BREAD = Shelf(
    "bread",
    "Bread",
    "loaf",
    "zero",
    """
BRD-SDG-800  | Sourdough, 800 g                | loaf               | 2.95 | 1 | 22 | 8
BRD-SDG-400  | Sourdough, 400 g                | loaf               | 1.75 | 1 | 30 | 8
BRD-RYE-700  | Dark rye, 700 g                 | loaf               | 3.25 | 1 | 5 | 6
BRD-MLT-800  | Malted wheat, 800 g             | loaf               | 2.85 | 4 | 26 | 8
BRD-WHT-800  | White tin, 800 g                | loaf               | 2.10 | 4 | 44 | 12
BRD-WHM-800  | Wholemeal tin, 800 g            | loaf               | 2.20 | 4 | 38 | 12
BRD-BAG-12   | Baguette, part-baked            | box of 12          | 11.40 | 1 | 27 | 6
BRD-CIA-10   | Ciabatta rolls                  | bag of 10          | 5.80 | 1 | 33 | 8
BRD-FOC-1    | Focaccia, rosemary, tray        | tray               | 8.40 | 1 | 9 | 4
BRD-BRI-6    | Brioche burger bun              | bag of 6           | 3.60 | 1 | 64 | 15
BRD-BRI-LF   | Brioche loaf, 500 g             | loaf               | 3.40 | 1 | 16 | 5
BRD-PIT-60   | Pitta, large                    | box of 60          | 13.20 | 1 | 12 | 4
BRD-FLT-40   | Flatbread, stone-baked          | box of 40          | 17.90 | 1 | 14 | 4
BRD-BGL-48   | Bagels, plain, frozen           | box of 48          | 16.80 | 1 | 21 | 6
BRD-BGS-48   | Bagels, sesame, frozen          | box of 48          | 17.40 | 1 | 11 | 6
BRD-MUF-48   | English muffins, frozen         | box of 48          | 15.60 | 1 | 18 | 5
BRD-ROL-60   | Soft white rolls                | tray of 60         | 12.90 | 1 | 24 | 8
BRD-ROW-60   | Soft wholemeal rolls            | tray of 60         | 13.40 | 1 | 17 | 6
BRD-GLF-8    | Gluten-free loaf, 400 g         | box of 8           | 24.80 | 1 | 7 | 3
BRD-CRM-1K   | Breadcrumbs, dried, 1 kg        | bag                | 3.10 | 1 | 29 | 6
""",
)

PASTRY = Shelf(
    "pastry",
    "Pastry",
    "bun",
    "zero",
    """
PAS-CRO-12   | Butter croissant                | frozen, box of 12  | 11.80 | 1 | 96 | 20
PAS-CRO-48   | Butter croissant, mini          | frozen, box of 48  | 21.60 | 1 | 40 | 10
PAS-ALM-12   | Almond croissant                | frozen, box of 12  | 14.95 | 1 | 28 | 8
PAS-CHO-12   | Pain au chocolat                | frozen, box of 12  | 12.60 | 1 | 52 | 12
PAS-RAI-12   | Pain aux raisins                | frozen, box of 12  | 12.40 | 1 | 31 | 8
PAS-CIN-12   | Cinnamon swirl                  | frozen, box of 12  | 13.20 | 1 | 0 | 8
PAS-CAR-16   | Cardamom bun                    | frozen, box of 16  | 18.90 | 1 | 17 | 6
PAS-DAN-24   | Danish selection                | frozen, box of 24  | 24.50 | 1 | 12 | 4
PAS-SAU-24   | Sausage roll, 4 inch            | frozen, box of 24  | 19.80 | 1 | 36 | 10
PAS-VEG-24   | Spinach and feta roll           | frozen, box of 24  | 21.20 | 1 | 19 | 6
PAS-QUI-12   | Quiche, leek and cheddar        | frozen, box of 12  | 22.80 | 1 | 8 | 4
PAS-SCN-30   | Plain scone                     | tray of 30         | 14.10 | 1 | 15 | 5
PAS-SCF-30   | Fruit scone                     | tray of 30         | 15.00 | 1 | 13 | 5
PAS-BRW-20   | Chocolate brownie               | tray of 20         | 22.00 | 1 | 22 | 6
PAS-FLP-20   | Oat flapjack                    | tray of 20         | 18.60 | 1 | 20 | 6
PAS-BAN-2    | Banana bread, uncut             | box of 2           | 13.80 | 1 | 9 | 4
PAS-CRT-14   | Carrot cake, 14 portions        | cake               | 19.90 | 1 | 6 | 3
PAS-VIC-14   | Victoria sponge, 14 portions    | cake               | 18.90 | 1 | 4 | 3
PAS-COO-40   | Cookie dough, chocolate chip    | frozen, box of 40  | 23.40 | 1 | 16 | 5
PAS-MUF-24   | Blueberry muffin                | box of 24          | 20.40 | 1 | 25 | 8
""",
)

DRINKS = Shelf(
    "drinks",
    "Drinks",
    "bottle",
    "standard",
    """
MLK-OAT-6    | Barista oat milk, 1 litre       | case of 6          | 9.90 | 1 | 51 | 15
MLK-SOY-8    | Barista soya milk, 1 litre      | case of 8          | 11.20 | 1 | 23 | 8
MLK-ALM-8    | Almond milk, 1 litre            | case of 8          | 12.80 | 1 | 14 | 6
MLK-COC-12   | Coconut milk, 1 litre           | case of 12         | 20.40 | 1 | 7 | 4
SYR-VAN-1L   | Vanilla syrup, 1 litre          | bottle             | 7.40 | 6 | 22 | 6
SYR-CAR-1L   | Caramel syrup, 1 litre          | bottle             | 7.40 | 6 | 18 | 6
SYR-HAZ-1L   | Hazelnut syrup, 1 litre         | bottle             | 7.40 | 6 | 12 | 6
SYR-GIN-1L   | Gingerbread syrup, 1 litre      | bottle             | 7.90 | 6 | 30 | 6
CHO-POW-2K   | Drinking chocolate, 2 kg        | tub                | 16.50 | 1 | 17 | 5
CHO-WHI-2K   | White hot chocolate, 2 kg       | tub                | 18.20 | 1 | 5 | 4
CHA-SPI-1K   | Spiced chai powder, 1 kg        | tub                | 15.40 | 1 | 11 | 4
MAT-CER-100  | Matcha, 100 g                   | tin                | 13.90 | 1 | 8 | 3
JUI-ORA-12   | Orange juice, 250 ml            | case of 12         | 12.60 | 1 | 26 | 8
JUI-APP-12   | Cloudy apple juice, 250 ml      | case of 12         | 12.60 | 1 | 24 | 8
JUI-RHU-12   | Rhubarb presse, 250 ml          | case of 12         | 14.40 | 1 | 10 | 5
WAT-STL-24   | Still water, 500 ml             | case of 24         | 7.80 | 1 | 40 | 10
WAT-SPA-24   | Sparkling water, 500 ml         | case of 24         | 8.20 | 1 | 37 | 10
COL-CAN-24   | Cola, 330 ml                    | case of 24         | 11.90 | 1 | 28 | 8
LEM-BOT-12   | Lemonade, 275 ml                | case of 12         | 13.20 | 1 | 15 | 6
KOM-GIN-12   | Ginger kombucha, 330 ml         | case of 12         | 21.60 | 1 | 3 | 4
""",
)

PACKAGING = Shelf(
    "packaging",
    "Packaging",
    "cup",
    "standard",
    """
CUP-08-500   | Paper cup, 8 oz                 | sleeve box of 500  | 31.50 | 1 | 19 | 5
CUP-12-500   | Paper cup, 12 oz                | sleeve box of 500  | 36.80 | 1 | 24 | 6
CUP-04-1000  | Espresso cup, 4 oz              | box of 1,000       | 38.20 | 1 | 9 | 3
CUP-CLD-1000 | Clear cup, 12 oz                | box of 1,000       | 58.40 | 1 | 6 | 3
LID-08-1000  | Sip lid, 8 oz                   | box of 1,000       | 29.60 | 1 | 17 | 5
LID-12-1000  | Sip lid, 12 oz                  | box of 1,000       | 31.20 | 1 | 21 | 5
LID-DOM-1000 | Dome lid, clear                 | box of 1,000       | 34.50 | 1 | 5 | 3
SLV-KRF-1000 | Cup sleeve, kraft               | box of 1,000       | 26.40 | 1 | 13 | 4
CAR-2CP-400  | Cup carrier, two cups           | box of 400         | 33.80 | 1 | 8 | 3
CAR-4CP-250  | Cup carrier, four cups          | box of 250         | 35.60 | 1 | 7 | 3
BAG-KRS-1000 | Kraft bag, small                | box of 1,000       | 18.90 | 1 | 16 | 5
BAG-KRL-500  | Kraft bag, large                | box of 500         | 21.70 | 1 | 14 | 5
BAG-HND-250  | Carrier bag, twisted handle     | box of 250         | 32.40 | 1 | 10 | 4
BOX-CAK-250  | Cake box, 8 inch                | box of 250         | 44.90 | 1 | 4 | 3
BOX-SAN-500  | Sandwich wedge                  | box of 500         | 48.60 | 1 | 6 | 3
BOX-SAL-300  | Salad box, 1,000 ml             | box of 300         | 41.20 | 1 | 11 | 4
NAP-2PL-2000 | Napkins, two-ply, white         | box of 2,000       | 22.80 | 1 | 20 | 6
STR-WOD-1000 | Wooden stirrers                 | box of 1,000       | 4.90 | 1 | 33 | 8
STR-PAP-250  | Paper straws, black             | box of 250         | 3.80 | 1 | 27 | 8
CUT-WOD-100  | Wooden cutlery set              | box of 100         | 9.40 | 1 | 15 | 5
""",
)

PANTRY = Shelf(
    "pantry",
    "Pantry",
    "box",
    "zero",
    """
SUG-WHT-1000 | Sugar sticks, white             | box of 1,000       | 8.60 | 1 | 25 | 6
SUG-BRN-1000 | Sugar sticks, demerara          | box of 1,000       | 9.20 | 1 | 22 | 6
SUG-CST-10K  | Caster sugar, 10 kg             | sack               | 12.40 | 1 | 18 | 5
FLR-STR-16K  | Strong white flour, 16 kg       | sack               | 15.80 | 1 | 34 | 10
FLR-PLN-16K  | Plain flour, 16 kg              | sack               | 13.90 | 1 | 28 | 8
FLR-RYE-16K  | Dark rye flour, 16 kg           | sack               | 19.40 | 1 | 9 | 4
YST-DRY-500  | Dried yeast, 500 g              | packet             | 4.60 | 5 | 31 | 8
BUT-UNS-40   | Unsalted butter, 250 g          | case of 40         | 89.50 | 1 | 12 | 4
BUT-POR-100  | Butter portions                 | box of 100         | 13.60 | 1 | 15 | 5
JAM-STR-48   | Strawberry jam, 28 g            | box of 48          | 16.20 | 1 | 14 | 5
JAM-RAS-48   | Raspberry jam, 28 g             | box of 48          | 16.80 | 1 | 10 | 5
MRM-ORA-48   | Marmalade, 28 g                 | box of 48          | 16.20 | 1 | 8 | 4
HON-SQZ-12   | Squeezy honey, 340 g            | case of 12         | 33.60 | 1 | 7 | 3
PNB-CRN-1K   | Crunchy peanut butter, 1 kg     | tub                | 6.90 | 2 | 19 | 5
CHO-CHP-5K   | Dark chocolate chips, 5 kg      | bag                | 38.50 | 1 | 6 | 3
OAT-JMB-5K   | Jumbo oats, 5 kg                | bag                | 9.80 | 1 | 16 | 5
GRA-HON-5K   | Honey granola, 5 kg             | bag                | 29.40 | 1 | 5 | 3
SEE-MIX-3K   | Mixed seeds, 3 kg               | bag                | 14.90 | 1 | 11 | 4
OIL-OLV-5L   | Olive oil, 5 litres             | tin                | 36.20 | 1 | 13 | 4
SLT-SEA-1K   | Flaked sea salt, 1 kg           | tub                | 7.60 | 2 | 20 | 5
""",
)

SHELVES = (COFFEE, BREAD, PASTRY, DRINKS, PACKAGING, PANTRY)
