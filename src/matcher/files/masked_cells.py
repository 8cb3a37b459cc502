"""A cell as it is shown to whoever may not see contacts: by its column's field and heading."""

from matcher.domain.beside import BESIDE, masked_beside
from matcher.domain.text import mask_contacts, mask_name
from matcher.files.contacts import read_contact, read_phone
from matcher.files.list_sheet import together

_READS = {"contact": read_contact, "contact_phone": read_phone}


def masked_cell(field: str | None, heading: str, text: str) -> str:
    """The cell's text with what is personal in it hidden; of a contact's cell its first person is shown."""
    if field == "contact_name":
        return mask_name(text)
    if field is None:
        return masked_beside(heading, text)
    if field not in _READS:
        return mask_contacts(text)
    return together(_READS[field](text).contact.masked) or masked_beside(BESIDE, text)
