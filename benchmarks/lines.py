"""Counts lines of code: no blanks, comments or docstrings.

``lines.py PATH...`` prints each file's count, its longest function, and the sum.
"""

from __future__ import annotations

import ast
import io
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

_EMPTY = (
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
)


def code_lines(text: str) -> set[int]:
    """The numbers of the lines that hold code."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in _EMPTY:
            lines |= set(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        value = node.value if isinstance(node, ast.Expr) else None
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            lines -= set(range(value.lineno, (value.end_lineno or value.lineno) + 1))
    return lines


def functions(text: str) -> Iterator[tuple[int, str]]:
    """The lines of code of every function, and its name."""
    lines = code_lines(text)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            inner = lines & set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
            yield len(inner), node.name


def main(paths: list[str]) -> None:
    """Prints the counts."""
    total = 0
    for path in sorted(file for root in paths for file in _files(Path(root))):
        text = path.read_text(encoding="utf-8")
        count = len(code_lines(text))
        longest, name = max(functions(text), default=(0, "-"))
        total += count
        print(f"{count:6}  {path}  (longest function: {name}, {longest})")
    print(f"{total:6}  in all")


def _files(path: Path) -> Iterator[Path]:
    yield from path.rglob("*.py") if path.is_dir() else [path]


if __name__ == "__main__":
    main(sys.argv[1:])
