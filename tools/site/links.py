"""Where a page's notebook is opened: by JupyterLab on this machine or on a hub, or on Binder."""

from pathlib import Path

SERVER = "http://localhost:8888/"
"""JupyterLab's address while ``course.py lab`` runs."""
HERE = "on this machine</a> (while <code>make lab</code> runs)"


def leads_to(name: str, repository: str) -> str:
    """Return a sentence of HTML that leads to a notebook, one way beside the other.

    Parameters
    ----------
    name : str
        Of the notebook's file, below the folder of the notebooks.
    repository : str
        Owner and name on GitHub, for Binder; or ''.
    """
    place = f"lab/tree/notebooks/{name}"
    ways = [f'<a href="{SERVER}{place}">{HERE}']
    if repository:
        address = f"https://mybinder.org/v2/gh/{repository}/HEAD?urlpath={place}"
        ways.append(f'<a href="{address}">on Binder</a>')
    ways.append(f'<a href="{Path(name).name}" download>as a file</a>')
    return f"Open the notebook {', '.join(ways[:-1])} or {ways[-1]}."


def on_hub(page: str) -> str:
    """Return a page that leads to the reader's own server on a hub."""
    return page.replace(SERVER, "/hub/user-redirect/").replace(HERE, "on the hub</a>")
