"""Finish the theme's pages: what it leaves out for screen readers, and a policy.

The *Content Security Policy* lets nothing load from elsewhere and no page connect to anything.
"""

import base64
import hashlib
import re
from pathlib import Path

START = '<meta charset="utf-8">'
INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
NAMES = {
    'role="heading">': 'role="heading" aria-level="2">',
    '<aside class="sidebar-drawer"': '<aside aria-label="All pages" class="sidebar-drawer"',
    '<aside class="toc-drawer': '<aside aria-label="This page" class="toc-drawer',
    '<th class="head"><p></p></th>': "<td></td>",
    '<div id="search-results">': '<h1>Search</h1>\n<div id="search-results">',
}
"""What the theme writes, and what screen readers need."""
SCROLL = {"table-wrapper": "Table", "hwr-table": "Table", "math-wrapper": "Formula"}
"""Boxes in which what is too wide is scrolled, and what they hold."""


def finish(site: Path) -> None:
    """Finish every page in a folder."""
    for path in site.rglob("*.html"):
        page = path.read_text("utf-8")
        if "http-equiv" not in page:  # the pad has a policy of its own
            page = accessible(re.sub(r"<img (?![^>]*loading=)", '<img loading="lazy" ', page))
            meta = f'<meta http-equiv="Content-Security-Policy" content="{policy(page)}">'
            path.write_text(page.replace(START, START + meta, 1), "utf-8")


def accessible(page: str) -> str:
    """Return a page with names for its parts, whose scrolling boxes take the focus."""
    for written, needed in NAMES.items():
        page = page.replace(written, needed)
    for box, holds in SCROLL.items():
        focus = f'<div tabindex="0" role="group" aria-label="{holds}" class="{box}'
        page = page.replace(f'<div class="{box}', focus)
    return page


def policy(page: str) -> str:
    """Return a policy that allows the site's own files and a page's own scripts."""
    digests = (hashlib.sha256(text.encode("utf-8")).digest() for text in INLINE.findall(page))
    hashes = " ".join(f"'sha256-{base64.b64encode(digest).decode('ascii')}'" for digest in digests)
    return "; ".join(
        [
            "default-src 'none'",  # no connection, no font, no worker
            f"script-src 'self' {hashes}",
            "style-src 'self' 'unsafe-inline'",  # outputs have style attributes
            "img-src 'self' data:",
            "frame-src 'self'",  # the pad
            "base-uri 'none'",
            "form-action 'self'",  # the search
        ]
    )
