"""What is kept until anything is written: never given out at another stamp, and never too much of it."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from matcher.pipeline.kept import Kept

ROOM = 10
STAMPS, KEYS = st.integers(0, 3), st.integers(0, 4)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("get"), STAMPS, KEYS),
        st.tuples(st.just("keep"), STAMPS, KEYS, st.integers(1, ROOM + 2)),
    ),
    max_size=40,
)


@given(STEPS)
def test_what_is_given_was_kept_last_at_that_stamp_and_all_of_it_fits(steps: list[tuple[Any, ...]]) -> None:
    kept = Kept[int, tuple[int, int]](ROOM)
    last: dict[tuple[int, int], tuple[int, int]] = {}
    for number, (act, stamp, key, *weight) in enumerate(steps):
        if act == "keep":
            kept.keep(stamp, key, (number, weight[0]), weight[0])
            if weight[0] <= ROOM:
                last[stamp, key] = (number, weight[0])
                assert kept.get(stamp, key) == last[stamp, key]
        else:
            assert kept.get(stamp, key) in {None, last.get((stamp, key))}
        for of_stamp in range(4):
            held = [value for one in range(5) if (value := kept.get(of_stamp, one)) is not None]
            assert sum(weighs for _, weighs in held) <= ROOM


def test_the_least_used_is_given_up_first() -> None:
    kept = Kept[str, int](2)
    for name in ("a", "b"):
        kept.keep(1, name, 0)
    kept.get(1, "a")
    kept.keep(1, "c", 0)
    assert [name for name in "abc" if kept.get(1, name) is not None] == ["a", "c"]
