"""Commands for jobs: run them, list them, wait for one, stop it, try it again."""

import time
from argparse import Namespace
from typing import Final

from comfyvn.application.jobs.job import OPEN, Job
from comfyvn.application.studio import plain
from comfyvn.domain.kernel import Json
from comfyvn.interfaces.cli.output import CHECK_FAILED, DONE, Printer
from comfyvn.interfaces.cli.tools import Tools, WorkOptions

LOOK: Final = 0.25
"""Seconds between two looks at a job that is waited for."""


def worker(tools: Tools, args: Namespace, out: Printer) -> int:
    """Run jobs until stopped."""
    return tools.work(WorkOptions(args.name, tuple(args.device), args.slots, args.attached))


def jobs(tools: Tools, args: Namespace, out: Printer) -> int:
    """Do what a verb says."""
    verbs = {"list": _list, "show": _show, "log": _log, "cancel": _cancel, "retry": _retry}
    try:
        return verbs[args.verb](tools, args, out)
    finally:
        tools.close()


def _list(tools: Tools, args: Namespace, out: Printer) -> int:
    found = tools.jobs.jobs(args.type, args.status, None, args.limit)
    out.result({"jobs": [_told(job) for job in found]}, lambda: [_line(job) for job in found] or ["There are no jobs."])
    return DONE


def _show(tools: Tools, args: Namespace, out: Printer) -> int:
    job = tools.jobs.status(args.job)
    while args.wait and job.status in OPEN:
        out.bar(job.stage or job.status, job.done, job.total, job.rate)
        time.sleep(LOOK)
        job = tools.jobs.status(args.job)
    return _answer(job, out)


def _log(tools: Tools, args: Namespace, out: Printer) -> int:
    log = tools.jobs.log(args.job)
    out.result({"log": log}, lambda: log.splitlines())
    return DONE


def _cancel(tools: Tools, args: Namespace, out: Printer) -> int:
    tools.jobs.cancel(args.job)
    return _answer(tools.jobs.status(args.job), out, checked=False)


def _retry(tools: Tools, args: Namespace, out: Printer) -> int:
    return _answer(tools.jobs.retry(args.job), out)


def _answer(job: Job, out: Printer, *, checked: bool = True) -> int:
    out.result({"job": _told(job)}, lambda: [_line(job), *_error(job)])
    return CHECK_FAILED if checked and job.status == "failed" else DONE


def _told(job: Job) -> Json:
    told = {**plain(job), "progress": job.progress, "eta_seconds": job.eta_seconds}
    told["input_json"], told["output_json"] = told.pop("input"), told.pop("output")
    return told


def _line(job: Job) -> str:
    share = "" if job.progress is None else f" {job.progress:.0%}"
    stage = f" {job.stage}" if job.status in OPEN and job.stage else ""
    return f"{job.id} {job.type} {job.status}{stage}{share} ({job.device}, {job.created_at[:19]}Z)"


def _error(job: Job) -> list[str]:
    return [f"{job.error['message']} [{job.error['code']}]"] if isinstance(job.error, dict) else []
