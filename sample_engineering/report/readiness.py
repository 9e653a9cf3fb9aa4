"""Tables of what is checked before a run, and of what it needs."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table

from sample_engineering.report.terminal import clean

if TYPE_CHECKING:
    from sample_engineering.trainers.preflight import Diagnosis, Environment, Estimate, Preflight

_GIB = 2**30


def gib(size: float) -> str:
    """Write bytes in GiB."""
    value = size / _GIB
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def duration(seconds: float) -> str:
    """Write a time in the unit that suits it."""
    for limit, size, unit in ((90, 1, "s"), (5400, 60, "min"), (172800, 3600, "h")):
        if seconds < limit:
            return f"{seconds / size:.{int(seconds / size < 10)}f} {unit}"
    return f"{seconds / 86400:.1f} days"


def preflight_table(found: "Preflight", worded: Callable[[str], str] = str) -> Table:
    """One line a finding: the check, its verdict, what is so and what to do, and its time.

    Parameters
    ----------
    found : Preflight
    worded : callable, optional
        Turns what a finding says into the words of who reads it.
    """
    table = Table(box=None, pad_edge=False)
    table.add_column("check", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("finding", overflow="fold")
    table.add_column("s", justify="right", no_wrap=True)
    for outcome in found:
        name, seconds = outcome.name, f"{outcome.seconds:.1f}"
        told = [one for one in outcome.findings if one.verdict != "ok"] or outcome.findings
        for finding in told:
            text = clean(worded(str(finding)))
            table.add_row(name, finding.verdict.value, text, seconds)
            name, seconds = "", ""
    return table


def needs(estimate: "Estimate") -> dict[str, str]:
    """Return in words what a training needs, by name."""
    setup, shape = estimate.setup, estimate.setup.shape
    parts = ", ".join(f"{name} {gib(size)}" for name, size in estimate.memory.parts.items())
    where = estimate.device_name
    memory = f"about {gib(estimate.memory_bytes)} GiB"
    if estimate.device_bytes:
        fits = "fits" if estimate.fits else "does not fit"
        memory += f" of {gib(estimate.device_bytes)} GiB of {where}: {fits}"
    rows = {"memory": f"{memory} ({parts})"}
    if setup.processes > 1:
        rows["GPUs"] = f"{setup.processes}, what is kept is shared: {setup.sharding.value}"
    if estimate.remedies:
        rows["would fit with"] = "; or ".join(
            f"{' and '.join(remedy.changes)}: {gib(remedy.total_bytes)} GiB"
            for remedy in estimate.remedies
        )
    elif estimate.device_bytes and not estimate.fits:
        rows["would fit with"] = "none of the settings that are tried; take a smaller model"
    rows["disk"] = (
        f"{gib(estimate.disk_bytes)} GiB a training; a checkpoint is "
        f"{gib(estimate.checkpoint_bytes)} GiB"
    )
    if estimate.step_seconds is not None:
        rows["a step"] = (
            f"at most about {duration(estimate.step_seconds)}, if each of the {setup.rollouts} "
            f"rollouts had {setup.max_tokens:,} tokens"
        )
    if shape.active_parameters < shape.parameters:
        rows["experts"] = f"{shape.active_parameters / 1e9:.1f} G parameters of each token's way"
    return rows


def diagnosis_page(found: "Diagnosis", model: str | None) -> RenderableType:
    """All that `se doctor` says."""
    parts: list[RenderableType] = []
    if found.environment is not None:
        parts += [_facts(_environment(found, found.environment)), ""]
    parts.append(preflight_table(found.preflight))
    if found.estimate is not None:
        shape = found.estimate.setup.shape
        size = f"{shape.parameters / 1e6:,.1f} M parameters"
        parts += ["", _facts({"model": f"{model}: {shape.kind}, {size}", **needs(found.estimate)})]
    return Group(*parts)


def _environment(found: "Diagnosis", here: "Environment") -> dict[str, str]:
    machine = found.machine
    versions = [f"{name} {version}" for name, version in here.packages.items() if version]
    absent = [name for name, version in here.packages.items() if version is None]
    cards = [
        f"{gpu.name}, {gib(gpu.total_bytes)} GiB, {gib(gpu.free_bytes)} free"
        for gpu in machine.gpus
    ]
    hub = "logged in" if here.hub_login else "not logged in (hf auth login)"
    return {
        "python": here.python,
        "packages": ", ".join(versions),
        "not installed": ", ".join(absent) or "nothing that is looked for",
        "GPUs": "; ".join(cards) or "none",
        "machine": f"{machine.cores} cores, {gib(machine.ram_bytes)} GiB, "
        f"{gib(machine.free_ram_bytes)} free",
        "disk": f"{gib(here.free_disk_bytes)} GiB free",
        "hub": hub + (", offline (HF_HUB_OFFLINE)" if here.offline else ""),
        "telemetry": f"on: {', '.join(here.telemetry)}" if here.telemetry else "off",
        "keys": ", ".join(here.keys) or "none in the environment",
    }


def _facts(rows: dict[str, str]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in rows.items():
        table.add_row(name, clean(text))
    return table
