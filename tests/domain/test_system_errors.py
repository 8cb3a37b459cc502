import errno
import os
import re

import pytest

from matcher.domain.system_errors import system_words

CHINESE = re.compile("[一-鿿]")


@pytest.mark.parametrize("number", sorted(errno.errorcode))
def test_every_error_of_the_system_is_said_in_each_language_alone(number: int) -> None:
    zh, en = system_words(OSError(number, os.strerror(number)))
    assert CHINESE.search(zh)
    assert not re.search("[A-Za-z]", zh)
    assert en == os.strerror(number)
    assert not zh.endswith("。")


def test_an_error_without_a_number_is_said_too() -> None:
    assert system_words(TimeoutError("timed out")) == ("超时没有应答", "timed out")
    assert system_words(OSError()) == ("系统出错", "failed")
