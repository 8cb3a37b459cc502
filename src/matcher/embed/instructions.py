"""What a model wants to be told before a text: its own prompts, else those that its family is known for."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from matcher.domain.listing import Side


@dataclass(frozen=True, slots=True)
class Instructions:
    """What stands before every text of a side: a demand asks (query), a supply is found (document)."""

    query: str = ""
    document: str = ""

    def of(self, side: Side) -> str:
        """What stands before the texts of one side."""
        return self.query if side is Side.DEMAND else self.document

    def overridden(self, query: str | None, document: str | None) -> "Instructions":
        """The same with what is given in place of it; None leaves a side as it is."""
        return Instructions(
            self.query if query is None else query, self.document if document is None else document
        )

    def mark_beside(self, stated: "Instructions") -> str:
        """What an encoder's id says of these: nothing where a model's files state them, else their digest."""
        if self == stated:
            return ""
        told = f"{self.query}\0{self.document}"
        return f"-{hashlib.sha256(told.encode()).hexdigest()[:6]}"


_RETRIEVE = "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:"

FAMILIES: Mapping[str, Instructions] = {
    r"\bbge-m3": Instructions(),
    r"\bbge-.*zh": Instructions("为这个句子生成表示以用于检索相关文章："),
    r"\bbge-.*en": Instructions("Represent this sentence for searching relevant passages: "),
    r"\bqwen3-embedding": Instructions(_RETRIEVE),
    r"\bgte-qwen": Instructions(_RETRIEVE + " "),
    r"\bgte-": Instructions(),
    r"\bm3e-": Instructions(),
    r"\be5-.*instruct": Instructions(_RETRIEVE + " "),
    r"\be5-": Instructions("query: ", "passage: "),
}
"""Family, as a regular expression found in a model's lower-case name → its instructions; the first that fits.

They are the ones the models' authors publish, and vectors without them are measurably worse.
"""

_DOCUMENT_NAMES = ("document", "passage", "corpus")
"""What sentence-transformers calls the prompt of what is found, in the order in which it looks."""


def own_instructions(prompts: Mapping[str, str]) -> Instructions | None:
    """Those that a model folder states itself; None where it states none but blank ones."""
    document = next((prompts[name] for name in _DOCUMENT_NAMES if prompts.get(name)), "")
    stated = Instructions(prompts.get("query") or "", document)
    return None if stated == Instructions() else stated


def instructions_of(names: tuple[str, ...], prompts: Mapping[str, str]) -> Instructions:
    """What a model wants: its own prompts, else its family's by the first of its names that has one."""
    stated = own_instructions(prompts)
    if stated is not None:
        return stated
    for name in names:
        for family, instructions in FAMILIES.items():
            if re.search(family, name.lower()):
                return instructions
    return Instructions()
