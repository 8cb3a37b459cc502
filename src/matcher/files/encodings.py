"""The encoding of a text file: UTF-8, GB18030 (GBK), Big5, UTF-16 and UTF-32, with a mark or without."""

from dataclasses import dataclass

from matcher.files.sheets import UnreadableFile

_LARGEST_BAD_SHARE = 0.1
"""Lines that may be undecodable; above it the encoding was misjudged and nothing is worth reading."""

_BYTE_ORDER_MARKS = {
    b"\xff\xfe\0\0": "utf-32",
    b"\0\0\xfe\xff": "utf-32",
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_SAMPLE = 200_000
_PLAIN_SHARE = 0.95


@dataclass(frozen=True, slots=True)
class Text:
    """A decoded file; `lossy` where some bytes belong to no encoding and became U+FFFD."""

    text: str
    lossy: bool = False


def decoded(content: bytes) -> Text:
    """The text of a file in any of these encodings.

    Raises:
        UnreadableFile: it is binary, or in none of them.
    """
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            return Text(content.decode(encoding, "replace"), _fails(content, encoding))
    if b"\0" in content:
        return _without_mark(content)
    if not _fails(content, "utf-8"):
        return Text(content.decode("utf-8"))
    lines = content.splitlines()
    bad_utf8 = [number for number, line in enumerate(lines, start=1) if _fails(line, "utf-8")]
    mostly_utf8 = sum(not line.isascii() for line in lines) > 2 * len(bad_utf8)
    if not mostly_utf8:
        for encoding in _of_two_bytes(content):
            if not _fails(content, encoding):
                return Text(content.decode(encoding))
    bad_gbk = [number for number, line in enumerate(lines, start=1) if _fails(line, "gb18030")]
    if mostly_utf8 or len(bad_utf8) <= len(bad_gbk):
        encoding, bad = "utf-8", bad_utf8
    else:
        encoding, bad = "gb18030", bad_gbk
    if len(bad) > max(len(lines) * _LARGEST_BAD_SHARE, 1) or len(bad) == len(lines):
        raise UnreadableFile(
            "bad_encoding",
            f"从第 {bad[0]} 行起无法识别文字编码，请另存为“CSV UTF-8”再导入。",
            f"from line {bad[0]} on neither UTF-8 nor GB18030; save it as CSV UTF-8.",
            row=bad[0],
        )
    return Text(b"\n".join(lines).decode(encoding, "replace"), lossy=True)


def _fails(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return True
    return False


def _without_mark(content: bytes) -> Text:
    """UTF-16 without a byte order mark, in which every ASCII character has a zero byte."""
    for encoding in ("utf-16-le", "utf-16-be"):
        if len(content) % 2 == 0 and not _fails(content, encoding):
            text = content.decode(encoding)
            sample = text[:_SAMPLE]
            if sum(map(_is_usual, sample)) >= _PLAIN_SHARE * len(sample):
                return Text(text)
    raise UnreadableFile(
        "unreadable_file",
        "不是表格文件，请提供 .xlsx、.xls、.csv 或 .jsonl。",
        "not a list; give .xlsx, .xls, .csv or .jsonl.",
    )


def _is_usual(sign: str) -> bool:
    """Whether a character is one of a Chinese or English list."""
    return (
        sign in "\t\r\n"
        or " " <= sign <= "~"
        or "\u4e00" <= sign <= "\u9fff"
        or "\u3000" <= sign <= "\u303f"
        or "\uff00" <= sign <= "\uffef"
        or "\u2010" <= sign <= "\u2033"
    )


def _of_two_bytes(content: bytes) -> tuple[str, str]:
    """GB18030 and Big5, the likelier first: the one in which more characters are of its usual half."""
    sample = content[:_SAMPLE]
    usual_gbk = sum(0xB0 <= lead <= 0xD7 and trail >= 0xA1 for lead, trail in _pairs(sample))
    usual_big5 = sum(
        0xA4 <= lead <= 0xC6 and (trail <= 0x7E or trail >= 0xA1) for lead, trail in _pairs(sample)
    )
    return ("gb18030", "big5hkscs") if usual_gbk >= usual_big5 else ("big5hkscs", "gb18030")


def _pairs(content: bytes) -> list[tuple[int, int]]:
    """The two-byte characters, each a lead byte above ASCII and what follows it."""
    pairs = []
    place = 0
    while place + 1 < len(content):
        if content[place] < 0x80:
            place += 1
        else:
            pairs.append((content[place], content[place + 1]))
            place += 2
    return pairs
