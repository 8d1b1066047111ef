"""The tables of ``benchmarks/README.md``, made from the result files."""

import statistics
from pathlib import Path

from benchmarks.systems.results import Result, average, half_width, has_test, load, mean
from hwr._support.atomic_write import write_text

README = Path(__file__).resolve().parents[1] / "README.md"
BEGIN, END = "<!-- benchmarks.systems: begin -->", "<!-- benchmarks.systems: end -->"

TESTS = {
    "bymerge": "ByMerge test, 47 classes",
    "course": "course test, 62 classes",
    "capitals": "capitals of the course test, A–Z",
    "mnist": "EMNIST-MNIST test, digits",
    "ink 47": "pen strokes, 47 classes",
    "ink 62": "pen strokes, 62 classes",
    "ink 26": "pen strokes, 26 letters",
    "ink 10": "pen strokes, digits",
    "ink capitals": "pen strokes, capitals, A–Z",
}


def share(result: Result, test: str, figure: str, prior: str | None = None) -> str:
    """Return a figure in per cent with its 95 % interval; a dash if the test was not taken."""
    if not has_test(result, test):
        return "–"
    half = half_width(result, test, figure, prior)
    return f"{mean(result, test, figure, prior):.2%} ± {half:.2%}".replace("%", "").strip()


def table(header: list[str], rows: list[list[str]]) -> str:
    """Return a table in Markdown; all columns but the first are aligned to the right."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def title(result: Result) -> str:
    """Return the name of a system and its network, and the number of seeds."""
    seeds = len(result["runs"])
    return f"{result['system']}: `{result['name']}`" + (f", {seeds} seeds" if seeds > 1 else "")


def costs(systems: list[Result]) -> str:
    """Return the table of each system's cost."""
    header = ["network", "classes", "images", "parameters", "multiply-adds", "epochs",
              "CPU seconds", "wall seconds", "file, kB", "one answer, ms"]  # fmt: skip
    rows = [
        [
            title(one),
            str(len(one["alphabet"])) if len(one["alphabet"]) > 2 else one["alphabet"],
            f"{one['training_images'] + one['made_up_images']:,}",
            f"{one['parameters']:,}",
            f"{one['multiply_adds']:,}",
            f"{statistics.mean(len(run['history']) for run in one['runs']):.3g}",
            f"{average(one, 'cpu_seconds'):,.0f}",
            f"{average(one, 'wall_seconds'):,.0f}",
            f"{average(one, 'bytes') / 1000:,.0f}",
            f"{average(one, 'milliseconds'):.3f}",
        ]
        for one in systems
    ]
    return table(header, rows)


def accuracies(test: str, systems: list[Result]) -> str:
    """Return the table of each system's figures on one test."""
    able = [one for one in systems if has_test(one, test)]
    if not able:
        return ""
    n = able[0]["runs"][0]["tests"][test]["natural"]["n"]
    header = ["network", "top-1, %", "mean recall, %", "top-3, %", "ECE, %", "surest 90 %, %"]
    rows = [
        [
            title(one),
            share(one, test, "top1"),
            share(one, test, "recall", "uniform"),
            share(one, test, "top3"),
            f"{100 * mean(one, test, 'ece'):.2f}",
            f"{100 * mean(one, test, 'accuracy_at_90_coverage'):.2f}",
        ]
        for one in able
    ]
    return f"**{TESTS[test][0].upper()}{TESTS[test][1:]}** ({n:,} images)\n\n{table(header, rows)}"


def on_pens(systems: list[Result]) -> str:
    """Return the table of each system's figures on people's drawings."""
    columns = {
        "47 classes, %": ("pens 47", "top1"),
        "top-3, %": ("pens 47", "top3"),
        "ECE, %": ("pens 47", "ece"),
        "26 letters, %": ("pens 26", "top1"),
        "capitals, A–Z, %": ("pens capitals", "top1"),
        "digits, %": ("pens 10", "top1"),
    }
    rows = [
        [title(one)]
        + [
            f"{100 * mean(one, *what):.1f}" if has_test(one, what[0]) else "–"
            for what in columns.values()
        ]
        for one in systems
        if any(has_test(one, test) for test, _ in columns.values())
    ]
    if not rows:
        return ""
    return (
        "**People's drawings** (UNIPEN, two providers that nobody trained on, evenly over the "
        f"writers)\n\n{table(['network', *columns], rows)}"
    )


def in_proportion(share: float) -> str:
    """Return a proportion in words, such as "1/7.6 of" or "2.7 times"."""
    return f"1/{1 / share:.1f} of" if share < 1 else f"{share:.1f} times"


def against_e(systems: list[Result]) -> str:
    """Return sentences that compare system E with our small networks in time and parameters."""
    by_name = {one["name"]: one for one in systems}
    if not {"lenet", "small", "tiny"} <= by_name.keys():
        return ""
    e = by_name["lenet"]
    accuracy, seconds = mean(e, "bymerge", "top1"), average(e, "cpu_seconds")
    to_best = statistics.mean(
        sum(row["cpu_seconds"] for row in run["history"][: run["best_epoch"]]) for run in e["runs"]
    )
    lines = [
        f"System E reads {accuracy:.2%} of the ByMerge test with {e['parameters']:,} parameters, "
        f"after {seconds:.0f} CPU seconds ({to_best:.0f} until its best epoch)."
    ]
    for name in ("small", "tiny", "quick_resnet"):
        if name in by_name:
            one = by_name[name]
            accuracy, taken = mean(one, "bymerge", "top1"), average(one, "cpu_seconds")
            parameters = one["parameters"]
            lines.append(
                f"`{name}` reads {accuracy:.2%} with {parameters:,} parameters, "
                f"{in_proportion(parameters / e['parameters'])} E's, "
                f"after {taken:.0f} CPU seconds: {in_proportion(taken / seconds)} E's time, "
                f"{in_proportion(taken / to_best)} that until its best epoch."
            )
    return "\n".join(lines)


def ablation(variants: list[Result]) -> str:
    """Return the table of what each change of our recipe costs or gains."""
    if not variants:
        return ""
    full = next((one for one in variants if one["name"] == "ablation-full"), variants[0])
    header = ["changed", "course test, 62", "against the recipe", "ECE", "pen strokes, 47",
              "CPU seconds"]  # fmt: skip
    rows = []
    for one in sorted(variants, key=lambda one: one is not full):
        gain = mean(one, "course", "top1") - mean(full, "course", "top1")
        rows.append([
            one["remark"],
            share(one, "course", "top1"),
            "" if one is full else f"{100 * gain:+.2f}",
            f"{100 * mean(one, 'course', 'ece'):.2f}",
            share(one, "ink 47", "top1"),
            f"{average(one, 'cpu_seconds'):,.0f}",
        ])  # fmt: skip
    n = full["training_images"], full["made_up_images"]
    epochs = full["recipe"]["epochs"]
    return (
        f"Each network learned from the same {n[0]:,} images of EMNIST, and where made-up "
        f"handwriting took part, from {n[1]:,} of its own, for {epochs} epochs.\n\n"
        + table(header, rows)
    )


def tables() -> str:
    """Return all tables, in Markdown."""
    found = list(load().values())
    systems = [one for one in found if one["system"] != "ablation"]
    variants = [one for one in found if one["system"] == "ablation"]
    if not systems:
        return "There are no results yet: run 'python -m benchmarks.systems'."
    parts = ["### What they cost", costs(systems), against_e(systems), "### How they read"]
    parts += [accuracies(test, systems) for test in TESTS] + [on_pens(systems)]
    parts += ["### What each step of our recipe brings", ablation(variants)]
    return "\n\n".join(part for part in parts if part)


def write_readme() -> None:
    """Replace the tables in the README."""
    before, rest = README.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    write_text(README, f"{before}{BEGIN}\n\n{tables()}\n\n{END}{after}")
