"""The command line of ``python -m hwr``.

Every command imports what it needs only when it runs, so that ``doctor`` also works in a broken
installation.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hwr.cli.output import remark, say

# TensorFlow's messages about the processor are of no interest to a learner.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


def _doctor(_: argparse.Namespace) -> int:
    from hwr.cli import doctor

    return doctor.main()


def _fetch(arguments: argparse.Namespace) -> int:
    from hwr.datasets import download

    say(str(download.fetch(arguments.split, arguments.source)))
    return 0


def _train(arguments: argparse.Namespace) -> int:
    name = "recognizer" if arguments.what == "characters" else "word_reader"
    out: Path = arguments.out or Path(f"runs/{name}.json")
    checkpoints: Path = arguments.checkpoints or Path(f"runs/{name}")
    if arguments.what == "words":
        from hwr.cli import train_words

        train_words.train_words(out, checkpoints)
        say(f"The network of words is in {out}.")
        return 0
    from hwr.cli import train

    train.train_recognizer(out, checkpoints)
    say(f"The recogniser is in {out}.")
    return 0


def _evaluate(arguments: argparse.Namespace) -> int:
    from hwr import metrics
    from hwr.alphabets import folding_matrix, get_alphabet
    from hwr.datasets import emnist
    from hwr.recognizer import Prior, Recognizer

    recognizer = Recognizer.load(arguments.model)
    if arguments.alphabet:  # reject a wrong one before loading the images, which takes seconds
        folding_matrix(recognizer.outputs, get_alphabet(arguments.alphabet))
    dataset = emnist.load_test_set(arguments.on, arguments.file)
    prior: Prior = arguments.prior or ("uniform" if arguments.on == "ink" else "natural")
    own = recognizer.alphabet
    possible = own if own.obstacle(dataset.alphabet) else dataset.alphabet
    chosen = get_alphabet(arguments.alphabet or possible)
    figures = metrics.measure(recognizer, dataset, chosen, prior)
    alphabet = chosen.name
    result = {"on": arguments.on, "alphabet": alphabet, "prior": prior, **figures}
    if arguments.json:
        say(json.dumps(result))
    else:
        say(f"{dataset.name} ({dataset.source}), alphabet {alphabet}, {prior} prior")
        for name, value in figures.items():
            say(f"  {name:24}{value:>10,}" if name == "n" else f"  {name:24}{value:>10.2%}")
    return 0


def _gather(arguments: argparse.Namespace) -> int:
    from hwr.datasets import gather
    from hwr.datasets.drawings import save_drawings
    from hwr.recognizer import Recognizer

    drawings = gather.merge_drawings(arguments.file)
    if arguments.out:
        save_drawings(arguments.out, drawings)
    recognizer = Recognizer.load(arguments.model)
    result = gather.read_drawings(drawings, recognizer, arguments.alphabet)
    say(*gather.format_report(result).split("\n"))
    return 0


def _read(arguments: argparse.Namespace) -> int:
    from hwr.cli import read
    from hwr.recognizer import Recognizer

    recognizer = None if arguments.alphabet is None else Recognizer.load(arguments.model)
    try:
        if recognizer is not None:
            reader = read.character_reader(recognizer, arguments.alphabet)
            show = read.print_characters
        elif arguments.model is not None:
            raise ValueError(
                "--model names a network of single characters, and words are read by the course's "
                "network of words: leave it out, or give --alphabet to read one character a "
                "picture."
            )
        else:
            language = "en" if arguments.language is None else arguments.language
            reader, show = read.word_reader(language), read.print_words
    except ValueError as error:  # no such alphabet or language, or not with this recogniser
        remark(f"hwr: {error}")
        return 2
    return (read.print_records if arguments.json else show)(arguments.file, reader)


def _data(arguments: argparse.Namespace) -> int:
    from hwr.cli import data

    return data.describe(arguments.path, arguments.part, arguments.alphabet, arguments.sheet)


def _web(arguments: argparse.Namespace) -> int:
    from hwr.web import build

    out = build.build_page(arguments.out, arguments.model, arguments.precision)
    say(f"The page is {out}, {out.stat().st_size / 1e6:.1f} MB: open it with a double click.")
    return 0


def _reset(arguments: argparse.Namespace) -> int:
    from hwr.cli import reset

    say(*reset.reset(arguments.notebook))
    return 0


def _add_train(commands: Any) -> None:
    command = commands.add_parser("train", help="train the recogniser; resumes if interrupted")
    command.add_argument(
        "what",
        nargs="?",
        choices=("characters", "words"),
        default="characters",
        help="what it reads (default: characters)",
    )
    command.add_argument("--out", type=Path, help="its card; by default in runs")
    command.add_argument("--checkpoints", type=Path, help="a folder; by default in runs")
    command.set_defaults(run=_train)


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(prog="python -m hwr", description="The handwriting course.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    command = commands.add_parser("doctor", help="check whether everything is in order")
    command.set_defaults(run=_doctor)

    command = commands.add_parser("fetch", help="get EMNIST: only the part that the course needs")
    command.add_argument("split", nargs="*", help="more splits, for example bymerge or mnist")
    command.add_argument("--from", dest="source", type=Path, metavar="FILE", help="a local archive")
    command.set_defaults(run=_fetch)

    _add_train(commands)

    command = commands.add_parser("evaluate", help="measure a recogniser")
    command.add_argument(
        "--on", choices=("course", "bymerge", "mnist", "made-up", "ink"), default="course"
    )
    command.add_argument("file", nargs="*", type=Path, help="with --on ink: drawings, JSON lines")
    command.add_argument(
        "--alphabet", help="62, 47, 26, 10, marks, all, or characters; by default the dataset's own"
    )
    command.add_argument("--prior", choices=("natural", "uniform"))
    command.add_argument("--model", type=Path, help="its card; by default the course's own")
    command.add_argument("--json", action="store_true", help="print one JSON object")
    command.set_defaults(run=_evaluate)

    command = commands.add_parser("gather", help="merge the drawings of a class into one result")
    command.add_argument("file", nargs="+", type=Path, help="drawings saved by the pad")
    command.add_argument("--out", type=Path, metavar="FILE", help="write all drawings to one file")
    command.add_argument(
        "--alphabet", help="62, 47, 26, 10, marks, all, or characters (default: 47)"
    )
    command.add_argument("--model", type=Path, help="its card; by default the course's own")
    command.set_defaults(run=_gather)

    command = commands.add_parser(
        "read",
        help="read pictures of words, lines and pages",
        description="Read pictures of words, lines and pages; with --alphabet, of one character "
        "each. The text goes to stdout; words that are not sure are listed on stderr.",
        epilog="Exit status: 0 if every file was read, 1 if one could not be, 2 for wrong usage.",
    )
    command.add_argument(
        "file", nargs="+", help="a picture (PNG, JPEG, HEIC, PDF …); - reads one from stdin"
    )
    kind = command.add_mutually_exclusive_group()
    kind.add_argument(
        "--alphabet",
        help="read one character per picture: 62, 47, 26, 10, marks, all, or characters",
    )
    kind.add_argument(
        "--language", help="of the words: en, de, fr, ...; none for codes and names (default: en)"
    )
    command.add_argument(
        "--model", type=Path, help="with --alphabet, its card; by default the course's own"
    )
    command.add_argument("--json", action="store_true", help="print one JSON object per file")
    command.set_defaults(run=_read)

    command = commands.add_parser(
        "data",
        help="say what a file or folder of images holds",
        description="Say what a file or folder of images holds: its form, classes, numbers and "
        "doubtful images; and draw a sheet of them.",
        epilog="Exit status: 0 if it is data, 1 if it is something else, 2 for wrong usage.",
    )
    command.add_argument("path", type=Path, help="CSV, .mat, .npz, idx, drawings, zip, or a folder")
    command.add_argument("--part", help="words that name a part: train, 'byclass test'")
    command.add_argument("--alphabet", help="which characters numbers stand for: 47, '+−×÷'")
    command.add_argument("--sheet", type=Path, metavar="FILE", help="where to write the sheet, PNG")
    command.set_defaults(run=_data)

    command = commands.add_parser("web", help="build a web page that reads without a network")
    command.add_argument("out", type=Path, metavar="OUT.html", help="the page")
    command.add_argument(
        "--model", type=Path, help="its card, or a .keras file; by default the course's own"
    )
    command.add_argument(
        "--precision",
        choices=("float32", "float16", "int8"),
        help="of its weights: fewer bits make a smaller page (default: as in the network's file)",
    )
    command.set_defaults(run=_web)

    command = commands.add_parser("reset", help="restore fresh notebooks; yours are kept")
    command.add_argument("notebook", nargs="?", help="its name or number; by default all changed")
    command.set_defaults(run=_reset)
    return top


def _refusal(error: OSError) -> str:
    """Return a sentence about a file that the system does not open; ours are sentences."""
    if error.strerror is None or error.filename is None:
        return str(error)
    return (
        f"{error.filename2 or error.filename} cannot be opened or written ({error.strerror}): "
        "check its name, its rights and the room on the disk."
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status.

    Bad input ends with one sentence and status 1 (wrong usage: 2).
    """
    chosen = build_parser().parse_args(arguments)
    try:
        status: int = chosen.run(chosen)
        sys.stdout.flush()
    except KeyboardInterrupt:
        sentence = "Stopped. What was finished is kept; the same command resumes from there."
        remark(sentence)
        return 130
    except BrokenPipeError:  # the reader of the output has ended, as in "| head -1"
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except ValueError as error:
        remark(f"hwr: {error}")
        return 1
    except OSError as error:
        remark(f"hwr: {_refusal(error)}")
        return 1
    return status
