"""What stands before texts: a model's own prompts, its family's, or the deployment's."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from matcher.domain.errors import EncoderError
from matcher.domain.listing import Side
from matcher.embed.factory import load_encoder
from matcher.embed.instructions import Instructions, instructions_of
from matcher.embed.transformer import SentenceTransformerEncoder
from tests.embed.models import amend, make_encoder

BGE = "为这个句子生成表示以用于检索相关文章："
ASK = "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:"

FAMILIES = [
    ("BAAI/bge-small-zh-v1.5", BGE, ""),
    ("bge-large-zh-v1.5-finetuned", BGE, ""),
    ("BAAI/bge-base-en-v1.5", "Represent this sentence for searching relevant passages: ", ""),
    ("BAAI/bge-m3", "", ""),
    ("Qwen/Qwen3-Embedding-0.6B", ASK, ""),
    ("thenlper/gte-large-zh", "", ""),
    ("gte-multilingual-base", "", ""),
    ("gte-Qwen2-1.5B-instruct", f"{ASK} ", ""),
    ("moka-ai/m3e-base", "", ""),
    ("intfloat/multilingual-e5-small", "query: ", "passage: "),
    ("multilingual-e5-large-instruct", f"{ASK} ", ""),
    ("a-model-of-our-own", "", ""),
    ("phrase5-base", "", ""),
]


@pytest.mark.parametrize(("name", "query", "document"), FAMILIES)
def test_a_model_without_prompts_of_its_own_is_told_what_its_family_wants(
    name: str, query: str, document: str
) -> None:
    assert instructions_of((name, ""), {}) == Instructions(query, document)
    blank = {"query": "", "document": ""}
    assert instructions_of((name, ""), blank) == Instructions(query, document), "blank prompts say nothing"


def test_a_folder_of_another_name_is_known_by_the_model_it_was_made_from() -> None:
    assert instructions_of(("encoder", "BAAI/bge-base-zh-v1.5"), {}).query == BGE


@pytest.mark.parametrize("document", ["document", "passage", "corpus"])
def test_a_models_own_prompts_win_over_its_familys(document: str) -> None:
    own = instructions_of(("bge-small-zh", ""), {"query": "问：", document: "答："})
    assert own == Instructions("问：", "答：")
    assert instructions_of(("bge-small-zh", ""), {document: "答："}) == Instructions("", "答：")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_encoder(tmp_path_factory.mktemp("models") / "small")


def load(spec: str, **more: object) -> SentenceTransformerEncoder:
    encoder = load_encoder(spec, device="cpu", **more)  # type: ignore[arg-type]
    assert isinstance(encoder, SentenceTransformerEncoder)
    return encoder


def vector(encoder: SentenceTransformerEncoder, text: str, side: Side) -> NDArray[np.float32]:
    found: NDArray[np.float32] = encoder.encode([text], side)[0]
    return found


def test_the_deployments_prompts_stand_before_the_texts_and_in_the_id(folder: Path) -> None:
    plain = load(str(folder))
    told = load(str(folder), query_prompt="查询：", document_prompt="文献：")
    for side, prompt in ((Side.DEMAND, "查询："), (Side.SUPPLY, "文献：")):
        expected = vector(plain, f"{prompt}锂电池", side)
        np.testing.assert_allclose(vector(told, "锂电池", side), expected, atol=1e-6)
    assert told.encoder_id != plain.encoder_id
    half = load(str(folder), query_prompt="查询：")
    assert len({plain.encoder_id, told.encoder_id, half.encoder_id}) == 3


def test_a_loaded_models_family_is_known_by_its_folders_name(folder: Path) -> None:
    bge = load(str(shutil.copytree(folder, folder.with_name("bge-tiny-zh-v1.5"))))
    assert bge.instructions == Instructions(BGE)
    assert bge.encoder_id.removeprefix("bge-tiny-zh-v1.5") != load(str(folder)).encoder_id.removeprefix(
        "small"
    )


def test_an_empty_prompt_of_the_deployment_silences_the_models_own(tmp_path: Path) -> None:
    asking = make_encoder(tmp_path / "asking", prompts={"query": "查询："})
    silenced, own = load(str(asking), query_prompt=""), load(str(asking))
    assert silenced.encoder_id != own.encoder_id
    expected = vector(silenced, "查询：锂电池", Side.DEMAND)
    np.testing.assert_allclose(vector(own, "锂电池", Side.DEMAND), expected, atol=1e-6)
    amend(asking / "config_sentence_transformers.json", default_prompt_name="query")
    np.testing.assert_allclose(vector(load(str(asking)), "锂", Side.SUPPLY), vector(own, "锂", Side.SUPPLY))


def test_fewer_dimensions_are_the_first_ones_made_unit_vectors_again(folder: Path) -> None:
    whole, cut = load(str(folder)), load(str(folder), dimension=6)
    texts = ["锂电池回收", "氢能储运"]
    expected = whole.encode(texts, Side.SUPPLY)[:, :6]
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(cut.encode(texts, Side.SUPPLY), expected, atol=1e-6)
    assert cut.dimension == 6
    assert cut.encoder_id == whole.encoder_id.replace("/16", "/6")


def test_more_dimensions_than_the_model_has_are_refused_with_the_settings_name(folder: Path) -> None:
    with pytest.raises(EncoderError, match="16 dimensions") as refused:
        load(str(folder), dimension=17)
    assert refused.value.field == "MATCHER_ENCODER_DIMENSION"


def test_a_transformer_that_names_a_class_of_its_own_is_refused_though_a_stock_one_would_load(
    tmp_path: Path,
) -> None:
    folder = make_encoder(tmp_path / "small")
    amend(folder / "config.json", auto_map={"AutoModel": "modeling.OwnModel"})
    with pytest.raises(EncoderError, match=r"modeling\.OwnModel"):
        load_encoder(str(folder), device="cpu")
