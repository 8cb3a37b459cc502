"""A cell about a contact: one person's name, telephone and e-mail, and whatever else it says."""

import re
from dataclasses import dataclass

from matcher.domain.listing import Contact
from matcher.domain.text import normalise

_COUNTRY = r"(?:(?:\+|00)?86[- ]?)?"
_PHONE = re.compile(
    rf"(?<!\d)(?:{_COUNTRY}1[3-9]\d[- ]?(?:\d{{4}}[- ]?\d{{4}}|\d{{3}}[- ]?\d{{5}})(?!\d)"
    rf"|{_COUNTRY}[- ]?(?:\(0?\d{{2,3}}\)|（0?\d{{2,3}}）|0\d{{2,3}})[- ]?\d{{3,4}}[- ]?\d{{3,4}}(?!\d)"
    r"|[+(（]?\d{1,4}[- ]?\*{4,8}\d{0,4}(?!\d)"
    r"|\+?\d{7,15}(?!\d)|\+?\d(?:[- ]{0,2}\d){6,14}(?!\d))"
    r"(?:-\d{1,6}(?!\d)|[ ,，]?[(（]?(?:转|轉|分机号?|分機號?|ext\.?|x|#)[ :：]?\d{1,6}[)）]?)?",
    re.IGNORECASE | re.ASCII,
)
"""A mobile, a landline with its area, one that an export hid, or another number of 7 digits or more, and its
extension."""

_EMAIL = re.compile(r"(?<![\w.+*-])[\w.+*-]++@[\w-]+(?:\.[\w-]+)+")
_ACCOUNT = re.compile(
    r"(?<![a-z])qq(?:群|号)?[ :：]{0,3}\d{5,12}"
    r"|(?:微信号?|wechat|weixin|(?<![a-z])[wv]x)[ :：]{0,3}(?!1[3-9]\d{9})[a-z0-9_-]{3,30}"
    r"|(?:传真|傳真|fax)号?[ :：]{0,3}(?:[(（]?0\d{2,3}[)） -]?)?\d{3,4}[ -]?\d{4}(?!\d)",
    re.IGNORECASE | re.ASCII,
)
"""A number or name that is no telephone's: of QQ, WeChat or a fax."""

_LABEL = re.compile(
    r"(?:联系|聯繫|聯絡)?(?:电话|電話|手机|手機)(?:号码?|號碼?)?|联系人|聯繫人|联系方式|姓名|(?:电子)?邮箱|"
    r"(?<![a-z])(?:tel|phone|mobile|e-?mail)(?![a-z])",
    re.IGNORECASE,
)
_REMARK = re.compile(
    r"微信|同号|同號|工作日|上班|下班|上午|下午|晚上|传真|备用|短信|节假|办公|分机|详见|见附|同上|保密|"
    r"[请請][加勿先打拨联]|勿扰|\d{3}|\*{3}"
)
"""What is no name: a remark, a number, or what an export has hidden of either."""

_PARTS = re.compile(r"[\s:：;；,，、/|()（）]+")
_ENDS = " \n\t:：;；,，、/|。"
_OPENING, _CLOSING = "(（", ")）"
_UNOPENED = re.compile(r"^([^()（）]*)[)）]")
_NEXT = re.compile(r"[\n:：;；,，、/|()（）]")


@dataclass(frozen=True, slots=True)
class ReadContact:
    """The first person a cell names, and the rest of what it says: others, remarks, other accounts."""

    contact: Contact
    rest: str = ""


def read_contact(text: str) -> ReadContact:
    """Split a cell into the first person's name, telephone (with its extension) and e-mail, and the rest."""
    text = normalise(text)
    accounts = [account.strip(_ENDS) for account in _ACCOUNT.findall(text)]
    without = _ACCOUNT.sub(";", text)
    email = _EMAIL.search(without)
    if email:
        without = f"{without[: email.start()]};{without[email.end() :]}"
    phone = _PHONE.search(without)
    before, after = (without[: phone.start()], without[phone.end() :]) if phone else (without, "")
    name, remarks = _name_and_remarks(before)
    if phone and not name:
        name, after = _name_after(after)
    rest = [*remarks, _bare(after), *accounts]
    number = _bare_number(phone[0]) if phone else ""
    return ReadContact(Contact(name, number, email[0] if email else ""), "；".join(filter(None, rest)))


def parse_contact(text: str) -> Contact:
    """Name, telephone and e-mail of the first person out of one cell that holds them together."""
    return read_contact(text).contact


def read_name(text: str) -> ReadContact:
    """A cell under a heading for names: as it stands, unless it holds a number or an address, too."""
    read = read_contact(text)
    if read.contact.phone or read.contact.email or re.search(r"\d{3}", text):
        return read
    return ReadContact(Contact(text))


def read_phone(text: str) -> ReadContact:
    """A cell under a heading for telephones; a short number that stands alone is one, too."""
    if re.fullmatch(r"[ :：]*\d{3,6}", _LABEL.sub("", text), re.ASCII):
        return ReadContact(Contact(phone=_LABEL.sub("", text).strip(_ENDS)))
    return read_contact(text)


def _name_and_remarks(text: str) -> tuple[str, list[str]]:
    parts = [part for part in _PARTS.split(_LABEL.sub(" ", text)) if part]
    names = [part for part in parts if not _REMARK.search(part)]
    return " ".join(names), [part for part in parts if _REMARK.search(part)]


def _name_after(text: str) -> tuple[str, str]:
    """The name that follows a telephone number, and what follows the name."""
    text = _LABEL.sub(" ", text).lstrip(_ENDS + _OPENING + _CLOSING)
    end = _NEXT.search(text)
    name, rest = (text[: end.start()], text[end.start() :]) if end else (text, "")
    if _REMARK.search(name) or not any(map(str.isalpha, name)):
        return "", text
    return name.strip(), rest


def _bare(text: str) -> str:
    """The text without labels and marks at its ends, or nothing where labels are all it says."""
    if not any(map(str.isalnum, _LABEL.sub("", text))):
        return ""
    text = _UNOPENED.sub(r"\1", text.strip(_ENDS).lstrip(_CLOSING + _ENDS))
    if text[0] in _OPENING and text[-1] in _CLOSING and not any(sign in _OPENING for sign in text[1:]):
        text = text[1:-1]
    return text.strip(_ENDS + _OPENING)


def _bare_number(number: str) -> str:
    """A telephone number without a closing bracket that was opened before it."""
    opened = sum(sign in _OPENING for sign in number)
    closed = sum(sign in _CLOSING for sign in number)
    return number.rstrip(_CLOSING).strip() if closed > opened else number.strip()
