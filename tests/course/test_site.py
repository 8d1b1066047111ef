"""The website: all of it is there, and nothing comes from elsewhere."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from helpers.pages import needs_runtime
from PIL import Image, ImageDraw

from course import ROOT, CourseError
from hwr import check
from tools import publish
from tools.site import __main__ as command
from tools.site import build, lessons, links
from tools.solutions import LESSONS, read
from tools.solutions import lessons as notebooks

pytestmark = needs_runtime
NAMES = [path.stem for path in notebooks()]
COURSE = [name for name in NAMES if not name.startswith("10")]


class Page(HTMLParser):
    """A page's elements, as (tag, attributes), and its ids."""

    def __init__(self, path):
        super().__init__()
        self.path, self.elements, self.text = path, [], path.read_text("utf-8")
        self.feed(self.text)
        self.ids = {a["id"] for _, a in self.elements if "id" in a}

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def all(self, tag):
        return [attributes for each, attributes in self.elements if each == tag]

    def addresses(self):
        """Yield what the page loads or links to."""
        for _, attributes in self.elements:
            for name in ("href", "src", "data-frame"):
                if name in attributes:
                    yield attributes[name]


@pytest.fixture(scope="module")
def pages(site):
    return {path.relative_to(site).as_posix(): Page(path) for path in site.rglob("*.html")}


def lesson(pages, name):
    return pages[f"notebooks/{name}.html"]


# --- what is there -----------------------------------------------------------------------------


def test_every_link_and_anchor_leads_somewhere(site, pages):
    outside = ("https://", "http://localhost:8888/lab/tree/notebooks/", "data:")
    count = 0
    for page in pages.values():
        for address in page.addresses():
            if address.startswith(outside):
                continue
            parts = urlsplit(address)
            assert not parts.scheme, address
            target = (page.path.parent / unquote(parts.path)).resolve() if parts.path else page.path
            assert target.is_file(), (page.path, address)
            if parts.fragment and "pad.html" not in address:
                ids = pages[target.relative_to(site).as_posix()].ids
                assert unquote(parts.fragment) in ids, (page.path, address)
            count += 1
    assert count > 1000


def test_every_stored_figure_is_there_with_its_text(pages):
    for path in (*notebooks(), *notebooks(LESSONS / "solutions")):
        page = pages[path.relative_to(ROOT).with_suffix(".html").as_posix()]
        outputs = [o for cell in read(path).cells for o in cell.get("outputs", [])]
        stored = [o for o in outputs if "image/png" in o.get("data", {})]
        shown = [image for image in page.all("img") if "hwr-figure" in image.get("class", "")]
        assert [o.metadata["image/png"]["alt"] for o in stored] == [i["alt"] for i in shown]
        for output, image in zip(stored, shown, strict=True):
            file = (page.path.parent / image["src"]).read_bytes()
            assert file == base64.b64decode(output.data["image/png"])
            assert image["loading"] == "lazy"
        assert not re.search(r"<img[^>]* src=\"data:", page.text)


def test_the_lessons_follow_each_other_and_all_that_belongs_to_them_is_there(pages):
    followers = [f"{name}.html" for name in COURSE[1:]]
    for name, follower in zip(COURSE, followers, strict=False):
        assert [a["href"] for a in lesson(pages, name).all("link") if a["rel"] == "next"] == [
            follower
        ]
        before = [a["href"] for a in lesson(pages, follower[:-5]).all("link") if a["rel"] == "prev"]
        assert before == [f"{name}.html"]
    listed = {a["href"] for a in pages["index.html"].all("a") if "reference" in a.get("class", "")}
    assert {f"notebooks/{name}.html" for name in NAMES} <= listed
    assert {"docs/glossary.html", "docs/teaching.html", "cite.html"} <= listed
    assert "A course in Jupyter notebooks." in pages["index.html"].text
    assert "EMNIST: an extension of MNIST" in pages["cite.html"].text


def test_formulas_need_no_script(pages):
    for name in ("01_convolution_and_pooling", "09_draw_and_predict"):
        stored = sum(c.source.count("$$") for c in read(LESSONS / f"{name}.ipynb").cells) // 2
        assert lesson(pages, name).text.count('class="math-wrapper') == stored > 0
        assert "\\text" not in re.sub(r"<pre>.*?</pre>", "", lesson(pages, name).text, flags=re.S)


def test_hints_come_one_at_a_time_and_a_question_answers_there(pages):
    page = lesson(pages, "01_convolution_and_pooling").text
    [found] = re.findall(r'<div class="hwr-exercise"[^>]*"Exercise starts">.*?</div>', page, re.S)
    places = [found.index(hint.split("'")[0]) for hint in check.starts.hints]
    assert places == sorted(places)
    solution = found.index("One way to do it")
    assert solution > places[-1]
    for place in (*places, solution):  # one fold deeper each
        opened = found[:place].count("<details>") - found[:place].count("</details>")
        assert opened == 1 + [*places, solution].index(place)
    assert "localhost:8888/lab/tree/notebooks/01_convolution_and_pooling.ipynb" in found
    assert "mybinder.org/v2/gh/somebody/hwr/HEAD" in found
    question = check.larger_images
    [found] = re.findall(r'<div class="hwr-question".*?<p>Open', page, re.S)[:1]
    assert found.count("<details>") == len(question.options)
    assert found.count("Right.") == 1
    right = found[found.index(f"<summary>{question.right})") :]
    assert right.index("Right.") < right.index("</details>")


@pytest.mark.parametrize(
    ("name", "frames"),
    [
        ("00_start_here", "pad#character"),
        ("08_into_the_browser", "pad#character"),
        ("09_draw_and_predict", "pad#character pad#character explorer pad#word pad#character"),
    ],
)
def test_what_is_live_stands_where_the_lesson_has_it(pages, name, frames):
    found = [a["data-frame"] for a in lesson(pages, name).all("div") if "data-frame" in a]
    assert " ".join(found).replace("../", "").replace(".html", "") == frames


# --- what is not -------------------------------------------------------------------------------


def test_every_page_forbids_what_comes_from_elsewhere(site, pages):
    for page in pages.values():
        [policy] = [a["content"] for a in page.all("meta") if "http-equiv" in a]
        assert policy.startswith("default-src 'none'; ")
        assert not re.search(r"https?:|\*|connect-src|unsafe-eval'(?<!wasm-unsafe-eval')", policy)
        head = page.text.index("Content-Security-Policy")
        assert not re.search(r"<(script|link|style|img)\b", page.text[:head])
        for text in re.findall(r"<script>(.*?)</script>", page.text, re.S):
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policy
        loaded = [a.get("src", "") for tag in ("script", "img", "iframe") for a in page.all(tag)]
        loaded += [a["href"] for a in page.all("link")]
        assert not [address for address in loaded if re.match(r"[a-z]+:(?<!data:)|//", address)]
    for sheet in site.rglob("*.css"):
        text = sheet.read_text("utf-8")
        assert not re.search(r"@import|url\(\s*['\"]?(https?:)?//", text), sheet


def test_a_folder_with_something_else_is_left_alone(tmp_path, capsys):
    (tmp_path / "mine.txt").touch()
    assert command.main([str(tmp_path)]) == 1
    assert "is not a site that this program built: name a new folder" in capsys.readouterr().err
    assert (tmp_path / "mine.txt").exists()


def test_a_link_that_leads_nowhere_stops_the_build(tmp_path, monkeypatch):
    text = "# A course\n\n[nowhere](docs/nowhere.md)\n"
    monkeypatch.setattr(build, "gather", lambda *a: (a[1] / "index.md").write_text(text))
    with pytest.raises(CourseError, match="The site has the faults listed above"):
        build.build_site(tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_only_figures_on_white_are_turned_dark():
    paper = Image.new("RGBA", (40, 30), "white")
    ImageDraw.Draw(paper).ellipse((10, 5, 30, 25), fill="blue")
    clear = paper.copy()
    clear.putalpha(Image.new("L", paper.size, 0))
    assert lessons.has_white_ground(paper)
    assert lessons.has_white_ground(paper.quantize(8))
    assert not lessons.has_white_ground(clear)
    assert not lessons.has_white_ground(Image.new("L", (40, 30), 120))


def test_on_a_hub_the_notebooks_are_the_readers_own(tmp_path, capsys):
    built, place = tmp_path / "built", tmp_path / "shared" / "site" / "course"
    place.parent.parent.mkdir()
    publish.publish_site(built, place)
    assert "run 'python course.py site'" in capsys.readouterr().out
    built.mkdir()
    (built / "a.html").write_text(links.leads_to("03.ipynb", ""))
    for _ in range(2):
        publish.publish_site(built, place)
    page = (place / "a.html").read_text()
    assert '<a href="/hub/user-redirect/lab/tree/notebooks/03.ipynb">on the hub</a> or' in page
    assert "localhost" not in page


def test_the_workflow_publishes_what_the_command_builds_and_needs_no_secrets():
    text = (ROOT / ".github" / "workflows" / "pages.yml").read_text()
    workflow = yaml.safe_load(text)
    steps = workflow["jobs"]["build"]["steps"]
    assert "python course.py site" in [step.get("run") for step in steps]
    assert steps[-1]["with"]["path"] == "build/site"
    assert "secrets." not in text
    assert workflow["permissions"] == {"contents": "read"}  # only the last job may publish
