"""A kind of job whose order is a dataclass."""

import socket
from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from comfyvn.application.jobs.job import JobResult, device_of
from comfyvn.application.jobs.kinds import JobContext, Kind
from comfyvn.domain.kernel import Json, Refused

T = TypeVar("T")


def here(order: Any) -> str:
    """Return the device of what only this machine can do, as it is about its files."""
    return device_of(socket.gethostname())


def kind_of(name: str, order: type[T], work: Callable[[JobContext, T], JobResult], **more: Any) -> Kind:
    """Return a kind that reads its orders strictly; raises Refused("job_input_malformed") for others."""
    adapter: TypeAdapter[T] = TypeAdapter(order)

    def read(given: Json) -> T:
        try:
            return adapter.validate_python(given)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"]))
            message = f"The input of a job {name!r} is malformed: {where or 'input'}: {first['msg']}."
            raise Refused("job_input_malformed", message, where=where) from error

    return Kind(name, read, work, **more)
