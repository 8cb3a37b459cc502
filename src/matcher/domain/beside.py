"""What a cell about a person says beside the contact it names: more people, numbers, accounts, remarks.

It is kept with a list's other columns, under the heading of its cell. A name in it looks like any other word,
so that under such a heading nothing but beginnings is shown.
"""

import re

from matcher.domain.text import mask_contacts

BESIDE = "其他联系信息"
"""The heading of what such a cell says beside, where its own does not tell that it is about a person."""

_OF_PERSONS = re.compile(
    r"联系(?!情况|单位|地址|部门|时间|次数|机制)|联络|聯繫|聯絡|(?:对接|對接|经办|填报|填表|报送|申报)人|姓名|负责人|負責人|"
    r"电话|電話|手机|手機|固话|座机|邮箱|郵箱|邮件|郵件|信箱|微信|传真|傳真|法人|法定代表|身份证|"
    r"(?<![a-z])(?:contact|(?:tele|cell)?phone|mobile|wechat|e-?mail|mail|tel|fax|qq)s?(?![a-z])",
    re.IGNORECASE,
)
_MASKED = re.compile(r"([\w.+-]?\*{3}@[A-Za-z0-9.-]+|[+(（]?\d[\d()（） -]{0,24}\*{4,8}\d*[\dXx]?|\*{3,})")
_SEPARATOR = re.compile(r"([；;，,、/|:：()（）\n]+)")
_PERSON = re.compile(r"([；;\n]+)")


def is_of_persons(heading: str) -> bool:
    """Whether a heading says that its cells are about people whom one may call or write to."""
    return _OF_PERSONS.search(heading) is not None


def masked_beside(heading: str, text: str) -> str:
    """A cell of one of a list's other columns as it is shown: contacts hidden, and whatever may be a name."""
    text = mask_contacts(text)
    if not is_of_persons(heading):
        return text
    parts = _MASKED.split(text)
    return "".join(part if place % 2 else _beginnings(part) for place, part in enumerate(parts))


def persons_of(text: str) -> list[str]:
    """A text cut where one person ends and the next begins: every second part is what parts them."""
    return _PERSON.split(text)


def _beginnings(text: str) -> str:
    parts = _SEPARATOR.split(text)
    return "".join(part if place % 2 else _beginning(part) for place, part in enumerate(parts))


def _beginning(part: str) -> str:
    said = part.strip()
    return part.replace(said, f"{said[0]}***", 1) if said else part
