"""Ren'Py scripts: a parser in plain Python that needs no engine and runs no code of the script."""
