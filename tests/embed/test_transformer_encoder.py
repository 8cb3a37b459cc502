import socket
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from matcher.domain.errors import EncoderError
from matcher.domain.listing import Side
from matcher.embed.factory import load_encoder

MakeFolder = Callable[..., Path]


def test_a_local_folder_is_encoded_with_its_query_and_document_prompts(make_folder: MakeFolder) -> None:
    plain = load_encoder(str(make_folder("plain")), device="cpu")
    prompted = load_encoder(
        str(make_folder("prompted", {"query": "查询", "document": "文献"})), device="cpu", batch_size=1
    )
    expected = plain.encode(["查询锂电池"], Side.DEMAND)
    np.testing.assert_allclose(prompted.encode(["锂电池"], Side.DEMAND), expected, rtol=0, atol=1e-6)
    expected = plain.encode(["文献锂电池"], Side.SUPPLY)
    np.testing.assert_allclose(prompted.encode(["锂电池"], Side.SUPPLY), expected, rtol=0, atol=1e-6)


def test_rows_are_float32_of_unit_length_even_where_the_model_does_not_normalise(
    make_folder: MakeFolder,
) -> None:
    vectors = load_encoder(str(make_folder()), device="cpu").encode(["锂电池", "氢", "🔋"], Side.SUPPLY)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), [1, 1, 0], atol=1e-6)


def test_no_texts_give_no_rows(make_folder: MakeFolder) -> None:
    assert load_encoder(str(make_folder()), device="cpu").encode([], Side.DEMAND).shape == (0, 6)


def test_the_id_holds_name_digest_and_dimension_and_changes_with_a_prompt(make_folder: MakeFolder) -> None:
    one = load_encoder(str(make_folder("one")), device="cpu").encoder_id
    other = load_encoder(str(make_folder("other", {"query": "查询"})), device="cpu").encoder_id
    assert one.startswith("one@")
    assert one.endswith("/6")
    assert one.removeprefix("one") != other.removeprefix("other")


@pytest.mark.parametrize("spec", ["BAAI/bge-small-zh-v1.5", "all-MiniLM-L6-v2"])
def test_a_hub_id_without_a_revision_is_refused_before_any_connection(
    spec: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    with pytest.raises(EncoderError, match="name@commit") as refused:
        load_encoder(spec)
    assert "版本" in refused.value.zh


def test_a_hub_that_cannot_be_reached_says_to_use_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(EncoderError, match="local folder"):
        load_encoder("nobody/no-such-model@0123456789012345678901234567890123456789")


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="no model folder"):
        load_encoder(str(tmp_path / "nowhere"))


@pytest.mark.parametrize("pickle", ["pytorch_model.bin", "model.pt", "weights.pkl"])
def test_a_folder_with_pickled_weights_only_is_refused(make_folder: MakeFolder, pickle: str) -> None:
    folder = make_folder()
    (folder / "model.safetensors").rename(folder / pickle)
    with pytest.raises(EncoderError, match="safetensors"):
        load_encoder(str(folder))


def test_a_module_whose_weights_are_pickled_is_refused_beside_a_safe_one(make_folder: MakeFolder) -> None:
    folder = make_folder()
    (folder / "2_Dense").mkdir()
    (folder / "2_Dense" / "pytorch_model.bin").write_bytes(b"\x80")
    with pytest.raises(EncoderError, match=r"pytorch_model\.bin"):
        load_encoder(str(folder))


def test_a_model_that_brings_its_own_code_is_refused(make_folder: MakeFolder) -> None:
    folder = make_folder()
    modules = folder / "modules.json"
    modules.write_text(modules.read_text().replace("sentence_transformers.models.", "custom_code."))
    with pytest.raises(EncoderError, match="code of its own"):
        load_encoder(str(folder))


def test_a_folder_whose_tokenizer_is_missing_is_an_encoder_error(make_folder: MakeFolder) -> None:
    folder = make_folder()
    (folder / "tokenizer.json").unlink()
    with pytest.raises(EncoderError):
        load_encoder(str(folder), device="cpu")


def test_a_model_without_a_limit_reads_every_text_whole(make_folder: MakeFolder) -> None:
    encoder = load_encoder(str(make_folder()), device="cpu")
    assert encoder.max_tokens is None
    assert encoder.cut_short(["电池" * 5000, ""], Side.SUPPLY).tolist() == [False, False]
