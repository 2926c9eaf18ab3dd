"""Make Ren'Py 8.0.3 run on Python 3.11, whose compiler refuses syntax trees with an end before their start.

Ren'Py builds trees without end positions and completes them by `ast.fix_missing_locations`, which then takes the end of
the whole tree, line 1 (https://github.com/renpy/renpy/issues/5461). Here every node ends where it starts, at least.
"""
# mypy: ignore-errors

import ast


def fix_missing_locations(node: ast.AST) -> ast.AST:
    """Give nodes without a position that of their parent, and an end not before their start."""
    waiting = [(node, 1, 0)]
    while waiting:
        present, line, column = waiting.pop()
        if "lineno" in present._attributes:
            line, column = getattr(present, "lineno", line), getattr(present, "col_offset", column)
            end = max(
                (getattr(present, "end_lineno", None) or 0, getattr(present, "end_col_offset", None) or 0),
                (line, column),
            )
            present.lineno, present.col_offset = line, column
            present.end_lineno, present.end_col_offset = end
        waiting += [(child, line, column) for child in ast.iter_child_nodes(present)]
    return node


ast.fix_missing_locations = fix_missing_locations
