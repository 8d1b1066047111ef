"""Seal the finished pages: a *Content Security Policy* that lets nothing load from elsewhere."""

import base64
import hashlib
import re
from pathlib import Path

INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
START = '<meta charset="utf-8">'


def seal(site: Path) -> None:
    """Give every page in a folder its policy, and let pictures load when they come near."""
    for path in site.rglob("*.html"):
        page = path.read_text("utf-8")
        if "http-equiv" not in page:  # the pad has a policy of its own
            page = re.sub(r"<img (?![^>]*loading=)", '<img loading="lazy" ', page)
            meta = f'<meta http-equiv="Content-Security-Policy" content="{policy(page)}">'
            path.write_text(page.replace(START, START + meta, 1), "utf-8")


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
