"""Masked contacts put back: what people send is a text whose contacts they were shown masked."""

import re
from collections import defaultdict
from itertools import islice

from matcher.domain.text import masked_contacts

_MOST_GLUED = 50
"""Most masked contacts of a text that are looked for inside longer words, where someone wrote beside one
without a space: every word is searched for each of them."""

_MASKED = re.compile(r"(?<![\w.+@-])[\w.+@-]*+\*{3}[\w.+@*-]*", re.ASCII)


def restore_contacts(edited: str, stored: str) -> str:
    """`edited` with the contacts of `stored` in the place of their masked forms.

    A text equal to the masked form of `stored` gives `stored`; what was written around a contact stays.
    """
    if "***" not in edited:
        return edited
    masked = masked_contacts(stored)
    if masked.text == stored:
        return edited
    kept: defaultdict[str, list[str]] = defaultdict(list)
    for token in _MASKED.finditer(masked.text):
        kept[token.group()].append(stored[masked.origins[token.start()] : masked.origins[token.end()]])

    def put_back(match: re.Match[str]) -> str:
        written = match.group()
        glued = (token for token in islice(kept, _MOST_GLUED) if token in written)
        token = written if written in kept else next(glued, "")
        if not token:
            return written
        contacts = kept[token]
        return written.replace(token, contacts.pop(0) if len(contacts) > 1 else contacts[0], 1)

    return _MASKED.sub(put_back, edited)
