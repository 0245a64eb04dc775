"""Pages measured in headless Chromium."""

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

_MEASURE = (
    "<script>onload = () => { document.title = [...document.querySelectorAll('iframe')].map("
    "f => f.clientWidth + ':' + f.contentDocument.documentElement.scrollWidth).join(' ') }"
    "</script>"
)


def frame_widths(
    directory: Path, sources: Sequence[str], widths: Sequence[int]
) -> list[tuple[int, int]]:
    """Of each source (``src="…"`` or ``srcdoc="…"``) in frames of each width: the width of the
    frame, and that of what it shows."""
    frames = "".join(
        f'<iframe width="{width}" height="800" style="border:0" {source}></iframe>'
        for source in sources
        for width in widths
    )
    wrapper = directory / "wrapper.html"
    wrapper.write_text(f"<!DOCTYPE html><meta charset='utf-8'><title></title>{_MEASURE}{frames}")
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    command += ["--allow-file-access-from-files", f"--user-data-dir={directory / 'profile'}"]
    command += ["--dump-dom", wrapper.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    title = re.search(r"<title>([\d: ]+)</title>", done.stdout)
    assert title, done.stderr[-2000:]
    return [(int(a), int(b)) for a, b in (pair.split(":") for pair in title[1].split())]
