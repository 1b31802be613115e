"""What to say about a statement that does not follow the grammar.

The texts are in `grammar/messages.toml`, each with examples of the mistake. A message is found
by the state in which the parser stopped and the token that it met there; the states belong to
the tables, so they are found by parsing the examples, when the first error needs them.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pdedsl.diagnostics import Diagnostic, Span

from .fallback import fall_back
from .package_data import grammar_file
from .parse import END, Failure, parse
from .phrases import Phrases
from .statements import split
from .tokens import span_of, tokens_of

_SLOT = re.compile(r"<(\w+)>")


@dataclass(frozen=True, slots=True)
class Message:
    """One entry of the table; the fields are described at the head of `messages.toml`."""

    name: str
    code: str
    message: str
    examples: tuple[str, ...]
    mend: str | None = None
    at: str = "token"
    within: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    label_ahead: bool = False
    two_ends: bool = False

    @property
    def conditions(self) -> tuple[Any, ...]:
        """What narrows the message beside state and token."""
        words = (self.within, self.before, self.text, self.after, self.contains)
        return (*words, self.label_ahead, self.two_ends)

    def fits(self, phrases: Phrases) -> bool:
        """Whether the words around the failure meet the conditions."""
        index = phrases.index
        return (
            (not self.within or phrases.within in self.within)
            and (not self.before or phrases.word(index - 1) in self.before)
            and (not self.text or phrases.word(index) in self.text)
            and (not self.after or phrases.word(index + 1) in self.after)
            and (not self.contains or phrases.contains(self.contains))
            and (not self.label_ahead or phrases.label_ahead)
            and (not self.two_ends or phrases.two_ends)
        )


Key = tuple[int, str]


def explain(failure: Failure) -> Diagnostic:
    """The diagnostic of a failure, from the table or in general terms."""
    message = find(failure)
    if message is None:
        return fall_back(failure)
    phrases = Phrases(failure.tokens, failure.index)
    mend = None if message.mend is None else phrases.fill(message.mend)
    span = _place(message.at, failure)
    return Diagnostic(message.code, phrases.fill(message.message), span, mend)


def find(failure: Failure) -> Message | None:
    """The message of the table for a failure, or None."""
    if failure.index == 0:
        return None  # no statement at all: what it was meant to be is for `fallback`
    phrases = Phrases(failure.tokens, failure.index)
    for message in message_table().get((failure.state, failure.kind), ()):
        if message.fits(phrases):
            return message
    return None


@cache
def message_table() -> Mapping[Key, Sequence[Message]]:
    """Messages by parser state and token, those with most conditions first."""
    table: dict[Key, dict[str, Message]] = defaultdict(dict)
    for message, key in keys_of_examples(messages()):
        table[key][message.name] = message
    return {
        key: sorted(found.values(), key=lambda m: -sum(map(bool, m.conditions)))
        for key, found in table.items()
    }


@cache
def messages() -> tuple[Message, ...]:
    """All messages, their examples spelt out."""
    data = tomllib.loads(grammar_file("messages.toml"))
    return tuple(_message(entry, data["sets"]) for entry in data["message"])


def _message(entry: dict[str, Any], sets: dict[str, list[str]]) -> Message:
    examples = [text for example in entry["examples"] for text in _spelt_out(example, sets)]
    lists = {key: tuple(value) for key, value in entry.items() if isinstance(value, list)}
    return Message(**{**entry, **lists, "examples": tuple(examples)})


def _spelt_out(example: str, sets: dict[str, list[str]]) -> Iterator[str]:
    """Every text that an example with slots stands for."""
    slots = _SLOT.findall(example)
    for choice in itertools.product(*(sets[slot] for slot in slots)):
        texts = iter(choice)
        yield _SLOT.sub(lambda _: next(texts), example)  # noqa: B023


def keys_of_examples(entries: Sequence[Message]) -> Iterator[tuple[Message, Key]]:
    """The key that each example of each message reaches.

    Raises:
        RuntimeError: an example is no mistake, which is a defect of the table.
    """
    owners = [entry for entry in entries for _ in entry.examples]
    # One text for all, since starting the lexer costs more than an example.
    text = "\n".join(example for entry in entries for example in entry.examples)
    chunks = split(tokens_of(text))
    for owner, chunk in zip(owners, chunks, strict=True):
        try:
            parse(chunk.tokens)
        except Failure as failure:
            yield owner, (failure.state, failure.kind)
        else:
            raise RuntimeError(f"example of {owner.name} has no error: {' '.join(chunk.tokens)}")


def _place(at: str, failure: Failure) -> Span:
    tokens = failure.tokens
    if at == "first":
        return span_of(tokens[0])
    if at == "before" or failure.kind == END:
        return span_of(tokens[max(failure.index - 1, 0)])
    return span_of(tokens[failure.index])
