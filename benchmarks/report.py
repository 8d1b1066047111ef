"""The tables of ``benchmarks/README.md``, made from the result files alone."""

import statistics
from pathlib import Path

from curves import write

from hwr.results import Result, average, half_width, load, mean, takes

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
README = HERE / "README.md"
BEGIN, END = "<!-- made by systems.py: begin -->", "<!-- made by systems.py: end -->"

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
Row = list[str]


def share(result: Result, test: str, figure: str, prior: str | None = None) -> str:
    """Write a figure in per cent with its 95 % interval; a dash where there is none."""
    if not takes(result, test):
        return "–"
    half = half_width(result, test, figure, prior)
    return f"{mean(result, test, figure, prior):.2%} ± {half:.2%}".replace("%", "").strip()


def table(header: Row, rows: list[Row]) -> str:
    """Lay out a table in Markdown; all columns but the first to the right."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def name_of(result: Result) -> str:
    """Name a system, its network and its number of seeds."""
    seeds = len(result["runs"])
    return f"{result['system']}: `{result['name']}`" + (f", {seeds} seeds" if seeds > 1 else "")


def costs(systems: list[Result]) -> str:
    """Tabulate what each system costs."""
    header = ["network", "classes", "images", "parameters", "multiply-adds", "epochs",
              "CPU seconds", "wall seconds", "file, kB", "one answer, ms"]  # fmt: skip
    rows = [
        [
            name_of(one),
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


def of_test(test: str, systems: list[Result]) -> str:
    """Tabulate how well each system reads one test."""
    able = [one for one in systems if takes(one, test)]
    if not able:
        return ""
    n = able[0]["runs"][0]["tests"][test]["natural"]["n"]
    header = ["network", "top-1, %", "mean recall, %", "top-3, %", "ECE, %", "surest 90 %, %"]
    rows = [
        [
            name_of(one),
            share(one, test, "top1"),
            share(one, test, "recall", "uniform"),
            share(one, test, "top3"),
            f"{100 * mean(one, test, 'ece'):.2f}",
            f"{100 * mean(one, test, 'accuracy_at_90_coverage'):.2f}",
        ]
        for one in able
    ]
    return f"**{TESTS[test][0].upper()}{TESTS[test][1:]}** ({n:,} images)\n\n{table(header, rows)}"


def against_e(systems: list[Result]) -> str:
    """Say what system E's accuracy costs with our networks, in time and in parameters."""
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
    for name in ("small", "tiny"):
        one = by_name[name]
        taken = average(one, "cpu_seconds")
        lines.append(
            f"`{name}` reads {mean(one, 'bymerge', 'top1'):.2%} with {one['parameters']:,} "
            f"parameters, after {taken:.0f} CPU seconds: 1/{seconds / taken:.1f} of the time "
            f"(1/{to_best / taken:.1f} of that until E's best epoch), "
            f"1/{e['parameters'] / one['parameters']:.1f} of the parameters."
        )
    return "\n".join(lines)


def ablation(variants: list[Result]) -> str:
    """Tabulate what is lost or gained when one step of our recipe is changed."""
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
    return (
        f"Each network learned from the same {n[0]:,} images of EMNIST, and where the scribe took "
        f"part from {n[1]:,} of its own, for {full['recipe']['epochs']} epochs.\n\n"
        + table(header, rows)
    )


def tables() -> str:
    """Return all tables, in Markdown."""
    found = list(load(RESULTS).values())
    systems = [one for one in found if one["system"] != "ablation"]
    variants = [one for one in found if one["system"] == "ablation"]
    if not systems:
        return "There are no results yet: run python benchmarks/systems.py."
    parts = ["### What they cost", costs(systems), against_e(systems), "### How they read"]
    parts += [of_test(test, systems) for test in TESTS]
    parts += ["### What each step of our recipe brings", ablation(variants)]
    return "\n\n".join(part for part in parts if part)


def write_readme() -> None:
    """Put the tables into the README, in place of those before."""
    before, rest = README.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    write(README, f"{before}{BEGIN}\n\n{tables()}\n\n{END}{after}")
