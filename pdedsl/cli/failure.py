"""A solve that failed through no fault of the spec."""

from __future__ import annotations


class Failure(Exception):
    """Ends the command; the message says the reason and what to try.

    Args:
        text: the message.
        code: the exit status: 3, or 2 where the command line asks for what cannot be.
    """

    def __init__(self, text: str, code: int = 3) -> None:
        super().__init__(text)
        self.code = code


OUT_OF_MEMORY = (
    "there is not enough memory; take fewer points (--with sampling.points.eq=2000), a smaller "
    "model (--with model.width=20), or a method without a dense Jacobian (--method adam)"
)
_SIGNS = ("out of memory", "can't allocate", "not enough memory")


def is_out_of_memory(error: Exception) -> bool:
    """Whether Python or torch (which raises RuntimeError) has run out of memory."""
    told = isinstance(error, RuntimeError) and any(s in str(error).lower() for s in _SIGNS)
    return told or isinstance(error, MemoryError)
