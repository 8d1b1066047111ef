"""The live pad and the live Explorer of the pages, which shows them in frames.

The pad is the web page of :mod:`hwr.web`, the Explorer a page of the same modules. One file each
serves all lessons, and its own policy forbids it every connection.
"""

from pathlib import Path

from hwr.web import build, tfjs


def write_frames(site: Path, sources: Path) -> None:
    """Write ``pad.html`` and ``explorer.html``, with the course's recogniser.

    Parameters
    ----------
    site : Path
        The folder to write to.
    sources : Path
        The folder of the site's own style and scripts.

    Raises
    ------
    ValueError
        If the runtime is missing and cannot be installed.
    """
    tfjs.install()

    def source(name: str) -> str:
        return (sources / name).read_text("utf-8")

    described = build.page_data(build.load_recognizer())
    frame = f"<script>{source('frame.js')}</script>"
    explorer = f'{frame}<script type="module">{source("explorer.js")}</script>'
    style = build.STYLESHEET.read_text("utf-8") + source("frame.css")
    pages = {
        "pad.html": (build.TEMPLATE.read_text("utf-8"), frame, described),
        "explorer.html": (source("explorer.html"), explorer, {**described, "words": None}),
    }
    for name, (template, scripts, data) in pages.items():
        whole = template.replace("</body>", f"{scripts}\n</body>")
        (site / name).write_text(build.fill_template(whole, data, style), "utf-8")
