"""The web page as a file, and the runtime that it needs. test_page.py opens it in a browser."""

import base64
import hashlib
import json
import re

import numpy as np
import pytest
from helpers import networks, own_alphabets
from helpers.pages import needs_runtime

import hwr.__main__ as command_line
from hwr._support.keras import keras
from hwr._support.paths import PACKAGE
from hwr.alphabets import get_alphabet
from hwr.recognizer import Recognizer, softmax
from hwr.web import PRECISIONS, build, litert, quantization, tfjs
from hwr.words.word_reader import WordReader
from hwr.words.written_language import WRITTEN

TEMPLATE = (
    '<meta http-equiv="Content-Security-Policy" content="@POLICY@"><style>@STYLE@</style>'
    '<script type="importmap">@IMPORTS@</script>@RUNTIME@'
    '<script type="application/json" id="data">@DATA@</script>'
    '<script type="module">import "hwr/main.js";</script>'
)


@pytest.fixture
def small_runtime(tmp_path, monkeypatch):
    """Small files in place of TensorFlow.js's, in a folder of the test's own."""
    contents = {
        tfjs.CORE: b"tf = 1;\n//# sourceMappingURL=tf.js.map",
        tfjs.WASM_BACKEND: b"tf += '</b>@DATA@';",
        tfjs.WASM: b"\x00asm",
        tfjs.APACHE: b"Apache -- License",
        tfjs.MIT: b"/*\nCopyright somebody.\n*/\nseed();",
    }
    source, known = tmp_path / "kit", {}
    source.mkdir()
    for name, content in contents.items():
        (source / name).write_bytes(content)
        known[name] = (f"package/{name}", hashlib.sha256(content).hexdigest())
    monkeypatch.setattr(tfjs, "RUNTIME_FILES", known)
    monkeypatch.setattr(tfjs, "RUNTIME_FOLDER", tmp_path / "share" / "runtime")
    return source


# --- the runtime -------------------------------------------------------------------------------


def test_the_runtime_is_taken_from_a_folder_and_checked(small_runtime):
    with pytest.raises(ValueError, match=r"runtime is not installed, .*tf-core\.js is missing"):
        tfjs.runtime_files()
    (small_runtime / tfjs.WASM).write_bytes(b"half")
    with pytest.raises(ValueError, match=r"tf-backend-wasm\.wasm is missing or damaged"):
        tfjs.install(small_runtime)
    assert not tfjs.RUNTIME_FOLDER.exists()
    (small_runtime / tfjs.WASM).write_bytes(b"\x00asm")
    tfjs.install(small_runtime)
    assert tfjs.runtime_files()[tfjs.WASM] == b"\x00asm"
    assert list(tfjs.RUNTIME_FOLDER.parent.iterdir()) == [tfjs.RUNTIME_FOLDER]


def test_a_damaged_runtime_is_replaced_and_a_whole_one_left(small_runtime, tmp_path):
    tfjs.install(small_runtime)
    (tfjs.RUNTIME_FOLDER / tfjs.CORE).write_bytes(b"half")
    assert not tfjs.is_installed()
    tfjs.install(small_runtime)
    assert tfjs.is_installed()
    tfjs.install(tmp_path / "nowhere")  # nothing to do


@pytest.mark.usefixtures("small_runtime")
def test_being_offline_is_reported_in_one_sentence(monkeypatch, capsys):
    monkeypatch.setenv("HWR_OFFLINE", "1")
    assert tfjs.main([]) == 1
    said = capsys.readouterr().err
    assert re.fullmatch(r"hwr: The page's runtime.*HWR_OFFLINE is set: unset it and run .*\n", said)


@pytest.mark.usefixtures("small_runtime")
def test_a_registry_that_does_not_answer_is_reported_in_one_sentence(monkeypatch):
    monkeypatch.setenv("HWR_OFFLINE", "0")
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")  # nobody listens there
    with pytest.raises(ValueError, match=r"could not be fetched .* \(ECONNREFUSED\): connect to"):
        tfjs.install()
    assert not tfjs.RUNTIME_FOLDER.exists()


def test_the_lock_pins_what_is_installed_and_names_no_host():
    asked = json.loads((PACKAGE / "web" / "package.json").read_text())["dependencies"]
    packages = json.loads((PACKAGE / "web" / "package-lock.json").read_text())["packages"]
    assert packages.pop("")["dependencies"] == asked
    for name, version in asked.items():
        assert packages[f"node_modules/{name}"]["version"] == version
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
    assert not any("resolved" in package for package in packages.values())
    for place, _ in tfjs.RUNTIME_FILES.values():  # each comes from a package that is pinned
        assert any(f"node_modules/{place}".startswith(name + "/") for name in packages)


def test_the_page_holds_the_licences(small_runtime):
    tfjs.install(small_runtime)
    comment = tfjs.scripts().split("-->")[0]
    assert comment.startswith("<!--")
    assert "Apache - - License" in comment  # two hyphens would end the comment
    assert comment.endswith("seedrandom: Copyright somebody.\n")
    assert "sourceMappingURL" not in tfjs.scripts()


# --- the page ----------------------------------------------------------------------------------


def digest(text):
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_the_policy_names_every_script_and_style_and_data_stay_data(small_runtime):
    tfjs.install(small_runtime)
    described = {"a": "</script><!--@STYLE@"}
    text = build.fill_template(TEMPLATE, described, style="p { color: red }")
    assert json.loads(re.search(r'id="data">(.*?)</script>', text)[1]) == described
    policy = re.search('content="([^"]+)"', text)[1]
    directives = dict(part.split(" ", 1) for part in policy.split("; "))
    assert directives["default-src"] == "'none'"
    assert not re.search(r"https?:|\*|unsafe-inline|unsafe-eval'(?<!wasm-unsafe-eval')", policy)
    hashes = re.findall("'sha256-([^']+)'", directives["script-src"])
    scripts = [
        re.search(r'<script type="importmap">(.*?)</script>', text, re.DOTALL)[1],
        "tf = 1;\n",
        "tf += '</b>@DATA@';",
        'import "hwr/main.js";',
    ]
    assert hashes == list(map(digest, scripts))
    assert directives["style-src"] == f"'sha256-{digest('p { color: red }')}'"


def test_the_template_has_each_place_once():
    template = build.TEMPLATE.read_text("utf-8")
    for name in ("POLICY", "STYLE", "IMPORTS", "RUNTIME", "DATA"):
        assert template.count(f"@{name}@") == 1
    assert '<script type="module">import "hwr/main.js";</script>' in template


@needs_runtime
def test_the_courses_page_is_one_small_file(tmp_path, capsys):
    out = tmp_path / "new" / "page.html"
    assert command_line.main(["web", str(out)]) == 0
    size = out.stat().st_size
    assert size <= 6_500_000 < build.MAX_PAGE_BYTES
    assert capsys.readouterr().out.startswith(f"The page is {out}, {size / 1e6:.1f} MB")
    text = out.read_text("utf-8")
    assert not re.search(r"@(POLICY|STYLE|IMPORTS|RUNTIME|DATA)@", text)
    assert "Apache License" in text
    assert not re.search(r"""(src|href)\s*=\s*["']?(https?:|//)""", text.split("<script")[0])
    assert list(out.parent.iterdir()) == [out]


@needs_runtime
def test_fewer_bits_make_a_smaller_page(tmp_path):
    pages = [build.build_page(tmp_path / bits, precision=bits) for bits in PRECISIONS]
    sizes = [page.stat().st_size for page in pages]
    assert sizes[0] - sizes[1] > 1_500_000
    assert sizes[1] - sizes[2] > 700_000


@needs_runtime
def test_a_network_too_large_is_refused_and_the_old_page_stays(tmp_path):
    out = tmp_path / "page.html"
    out.write_text("old")
    networks.built("wide_cnn").save(tmp_path / "wide.keras")
    with pytest.raises(ValueError, match=r"would have \d+\.\d MB, more than 9: write its weights"):
        build.build_page(out, tmp_path / "wide.keras")
    assert out.read_text() == "old"
    build.build_page(out, tmp_path / "wide.keras", "int8")
    assert out.stat().st_size < build.MAX_PAGE_BYTES


def test_a_network_without_a_card_that_scales_inside_and_ends_in_softmax_is_adapted(tmp_path):
    body = [keras.layers.Rescaling(1 / 255), keras.layers.Conv2D(4, 5), keras.layers.Flatten()]
    end = keras.layers.Dense(10, activation="softmax")
    model = keras.Sequential([keras.Input((28, 28, 1)), *body, end])
    model.save(tmp_path / "mine.keras")
    recognizer = build.load_recognizer(tmp_path / "mine.keras")
    images = np.random.default_rng(3).integers(0, 256, (5, 28, 28), dtype=np.uint8)
    wanted = model.predict(images[..., None].astype(np.float32), verbose=0)
    np.testing.assert_allclose(softmax(recognizer.logits(images)), wanted, atol=1e-5)


@pytest.mark.parametrize("classes", [10, 26, 47])
def test_a_network_without_a_card_has_emnists_classes(tmp_path, classes):
    model = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten()])
    model.add(keras.layers.Dense(classes))
    model.save(tmp_path / "mine.keras")
    recognizer = build.load_recognizer(tmp_path / "mine.keras")
    assert recognizer.alphabet == get_alphabet(classes)


@pytest.mark.parametrize(
    ("images", "classes", "found"),
    [
        ((28, 28, 1), 1, "This network turns 28 x 28 x 1 into 1: the page needs one that"),
        ((32, 32, 3), 62, "This network turns 32 x 32 x 3 into 62: the page needs one that"),
        ((28, 28, 1), 4, "mine.keras does not say which 4 classes it has: give its card"),
    ],
)
def test_a_network_of_the_wrong_shape_is_refused_in_one_sentence(
    tmp_path, capsys, images, classes, found
):
    layers = [keras.Input(images), keras.layers.Flatten(), keras.layers.Dense(classes)]
    keras.Sequential(layers).save(tmp_path / "mine.keras")
    line = ["web", str(tmp_path / "page.html"), "--model", str(tmp_path / "mine.keras")]
    assert command_line.main(line) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"hwr: {found}")
    assert said.count("\n") == 1
    assert not (tmp_path / "page.html").exists()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("mine.keras", None, "There is no file .*mine.keras: give a card"),
        ("mine.keras", b"nonsense", "is no network that Keras .* can load: give the file that"),
        ("mine.json", b"{}", "is not a recogniser's card: give the .json file"),
        ("mine.json", None, "file mine.json is missing"),
        ("mine.tflite", b"TFL3", "is not a recogniser's card"),
    ],
)
def test_what_is_no_network_is_refused(tmp_path, name, content, sentence):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=sentence):
        build.load_recognizer(tmp_path / name)


def test_a_card_goes_in_by_the_same_call():
    recognizer = build.load_recognizer()
    described = build.page_data(recognizer)
    assert described["card"]["temperature"] == recognizer.temperature
    names = [alphabet["name"] for alphabet in described["alphabets"]]
    assert names[:4] == ["62", "47", "26", "10"]
    assert described["alphabets"][1]["members"][12] == "Cc"
    assert list(described["outputs"]["classes"]) == list(recognizer.outputs.classes)
    words, card = described["words"], WordReader.load().card
    assert words["language"] == "en"
    assert words["characters"] == card["characters"] == WRITTEN
    assert words["card"]["threshold"] == card["threshold"]
    assert (
        "UNIPEN" in words["card"]["data"]
    )  # its licence wants the source to stay with the weights
    json.dumps(described)


def test_the_weights_in_the_page_are_those_of_the_file():
    """Whether the file holds them in 16 bits or in 32."""
    learners = Recognizer(networks.litert("tiny"), own_alphabets.card_of("62"))
    for recognizer in (Recognizer.load(), learners):
        read = litert.read_network(recognizer.weights)
        for tensor, held in build.page_data(recognizer)["network"]["weights"].items():
            np.testing.assert_array_equal(quantization.decode(held), read.weights[int(tensor)])
