"""The live pad of the pages: the web page of :mod:`hwr.web`, shown in a frame.

One file serves all lessons. Its own policy forbids it every connection.
"""

from pathlib import Path

from hwr.web import build, tfjs


def write_pad(out: Path, sources: Path) -> None:
    """Write the page with the course's recogniser.

    Parameters
    ----------
    out : Path
        The file to write.
    sources : Path
        The folder of the site's own style and script.

    Raises
    ------
    ValueError
        If the runtime is missing and cannot be installed.
    """
    tfjs.install()
    style, script = ((sources / name).read_text("utf-8") for name in ("frame.css", "frame.js"))
    template = build.TEMPLATE.read_text("utf-8").replace(
        "</body>", f"<script>{script}</script></body>"
    )
    style = build.STYLESHEET.read_text("utf-8") + style
    described = build.page_data(build.load_recognizer())
    out.write_text(build.fill_template(template, described, style), "utf-8")
