"""Instances of processes, such as `prepaid:0192…` of an order, and the streams that are their histories."""

PREFIX = "process-"


def stream_of(instance: str) -> str:
    """The stream that is the history of an instance."""
    return f"{PREFIX}{instance}"


def instance_of(stream: str) -> str:
    """The instance of which a stream is the history."""
    return stream.removeprefix(PREFIX)


def process_of(stream: str) -> str:
    """The process of which a stream is the history of an instance."""
    return instance_of(stream).partition(":")[0]
