"""From the bytes of a file to its header and rows: bounded in everything, and told apart by what is in it.

Runs in the worker alone. Whatever is wrong with the file as a whole is refused with a sentence.
"""

from app.imports.reading.files import Table, table_in

__all__ = ["Table", "table_in"]
