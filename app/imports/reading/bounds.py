"""How much of a file we are willing to read."""

ZIPPED = b"PK\x03\x04"  # how an archive begins, and so a workbook
MOST_BYTES = 10_000_000
MOST_ROWS = 20_000
MOST_EMPTY_ROWS = 100_000
MOST_CELLS = 200
LONGEST_CELL = 32_000
MOST_LETTERS = 20_000_000  # a workbook says a text once, and means it in every row
MOST_MEMORY = 1_000_000_000
