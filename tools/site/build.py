"""Build the website: Sphinx on the gathered sources, then what Sphinx does not do."""

import shutil
import tempfile
from pathlib import Path

from sphinx.cmd.build import build_main

from course import ROOT, CourseError
from tools.files import replacing
from tools.site.finish import finish
from tools.site.pad import write_frames
from tools.site.sources import gather


def build_site(out: Path, root: Path = ROOT, repository: str = "") -> None:
    """Build the site.

    Parameters
    ----------
    out : Path
        The folder to write; an earlier site there is replaced.
    root : Path
        The course whose documents and notebooks it shows.
    repository : str
        Owner and name on GitHub, for links to Binder; by default there are none.

    Raises
    ------
    CourseError
        If the folder contains something else, or a page has a link that leads nowhere.
    ValueError
        If the pad's runtime is missing and cannot be installed.
    """
    if out.exists() and not (out / "searchindex.js").is_file():
        raise CourseError(f"{out} is not a site that this program built: name a new folder.")
    sources = root / "docs" / "site"
    with replacing(out) as site, tempfile.TemporaryDirectory() as folder:
        source, extra, trees = (Path(folder, name) for name in ("source", "extra", "trees"))
        source.mkdir()
        extra.mkdir()
        gather(root, source, extra, repository)
        options = ["-q", "-W", "--keep-going", "-b", "html", "-c", str(sources), "-d", str(trees)]
        if build_main([*options, str(source), str(site)]) != 0:
            raise CourseError("The site has the faults listed above: correct the document.")
        shutil.copytree(extra, site, dirs_exist_ok=True)
        write_frames(site, sources)
        finish(site)
        (site / ".nojekyll").touch()  # GitHub would leave out folders that begin with "_"
        shutil.rmtree(out, ignore_errors=True)
