"""Whole lists at once: read, judged row by row, committed in one piece, and undone in one."""
