"""The notebook of the documentation: ``python docs/notebooks.py`` executes it again.

Outputs are those that a notebook would show, and the same each time.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

STYLE = "<style>.output th, .output td { padding: .2rem .6rem; text-align: left; }</style>"

NOTEBOOK = Path(__file__).with_name("notebook.ipynb")


def executed(notebook: dict[str, Any]) -> dict[str, Any]:
    """The notebook with the outputs of its cells, run one after the other in one namespace."""
    names: dict[str, Any] = {"__name__": "__main__"}
    count, cells = 0, []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            count += 1
            outputs = list(_outputs("".join(cell["source"]), names, count))
            cell = {**cell, "execution_count": count, "outputs": outputs}
        cells.append(cell)
    return {**notebook, "cells": cells}


def _outputs(source: str, names: dict[str, Any], count: int) -> Iterator[dict[str, Any]]:
    """What a cell prints, and the value of its last line."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed, value = io.StringIO(), None
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, "cell", "exec"), names)  # noqa: S102
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307
    if printed.getvalue():
        yield {"output_type": "stream", "name": "stdout", "text": _lines(printed.getvalue())}
    if value is not None:
        data = {kind: _lines(text) for kind, text in _formats(value).items()}
        result = {"output_type": "execute_result", "metadata": {}, "execution_count": count}
        yield {**result, "data": data}


def _formats(value: Any) -> dict[str, str]:
    """A value in the formats in which it shows itself."""
    from matplotlib.figure import Figure

    from coopgap.proofs.exposition.figures.style import rendered

    if isinstance(value, Figure):
        drawn = rendered(value, "svg").decode()
        return {"image/svg+xml": drawn[drawn.index("<svg") :], "text/plain": "a figure"}
    formats = {"text/plain": repr(value)}
    for kind, method in (("text/html", "_repr_html_"), ("text/latex", "_repr_latex_")):
        show = getattr(value, method, None)
        if show is not None and (kind == "text/html" or "text/html" not in formats):
            formats[kind] = show()
    return formats


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def page(notebook: dict[str, Any]) -> str:
    """The notebook as a page of the site: HTML as it is, other values as text."""
    parts: list[str] = [STYLE]
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(source)
            continue
        parts.append(f"```python\n{source}\n```")
        for output in cell["outputs"]:
            data = output.get("data", {"text/plain": output.get("text", [])})
            raw = data.get("text/html") or data.get("image/svg+xml")
            if raw:
                # Python-Markdown leaves a block alone that has no empty lines.
                body = re.sub(r"\n\s*\n", "\n", "".join(raw))
                parts.append(f'<div class="output">\n{body.strip()}\n</div>')
            else:
                parts.append(f"```text\n{''.join(data['text/plain'])}\n```")
    # The title stays the first line.
    parts[:2] = [parts[1], parts[0]]
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Writes the notebook with its outputs of today."""
    notebook = executed(json.loads(NOTEBOOK.read_text(encoding="utf-8")))
    text = json.dumps(notebook, ensure_ascii=False, indent=1)
    NOTEBOOK.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
