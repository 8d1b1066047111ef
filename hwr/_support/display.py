"""A picture with its alt text, for pages that would show it without."""

from base64 import b64encode
from html import escape


def as_html(png: bytes, alt: str) -> str:
    """Give a PNG file as an ``<img>``, which every page prefers to the file itself.

    JupyterLab, Notebook, Voilà and nbconvert show a file without its alt text, wherever that is
    stored: only from HTML does a screen reader get it.

    Parameters
    ----------
    png : bytes
    alt : str
        States what it shows, for those who do not see it.
    """
    data = b64encode(png).decode()
    return f'<img alt="{escape(alt)}" src="data:image/png;base64,{data}" style="max-width: 100%">'
