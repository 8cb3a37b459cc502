import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.errors import EncoderError
from matcher.domain.listing import Side
from matcher.embed.factory import BUNDLED, load_encoder
from matcher.embed.static import StaticEncoder
from matcher.embed.transformer import SentenceTransformerEncoder

MakeFolder = Callable[..., Path]

TEXTS = [
    "退役锂离子电池正极材料的低温回收工艺",
    "全角ＰＬＣ与半角plc应当相同，２０２５年",
    "Low-temperature recycling of lithium-ion battery cathodes",
    "hydrogen 燃料电池 membrane electrode 膜电极",
    "",
    "   \n\t",
    "🔋🚀",
    "电池🔋回收",
    "锂离子电池回收 battery recycling，" * 3000,
    "\u0000\ufffd𠮷",
]


@pytest.fixture(scope="module")
def bundled() -> StaticEncoder:
    return StaticEncoder.load(BUNDLED)


@pytest.fixture(scope="module")
def reference() -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder(str(BUNDLED), device="cpu", batch_size=4)


@pytest.mark.parametrize("side", list(Side))
def test_the_bundled_model_gives_the_vectors_sentence_transformers_gives(
    bundled: StaticEncoder, reference: SentenceTransformerEncoder, side: Side
) -> None:
    np.testing.assert_allclose(bundled.encode(TEXTS, side), reference.encode(TEXTS, side), rtol=0, atol=1e-6)


@settings(deadline=None, max_examples=50)
@given(texts=st.lists(st.text(max_size=80), max_size=5))
def test_any_text_gives_the_vector_sentence_transformers_gives(
    bundled: StaticEncoder, reference: SentenceTransformerEncoder, texts: list[str]
) -> None:
    expected = reference.encode(texts, Side.SUPPLY)
    np.testing.assert_allclose(bundled.encode(texts, Side.SUPPLY), expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    "prompts", [{}, {"query": "查询：", "document": "文献："}, {"query": "查询："}, {"document": "文献"}]
)
def test_a_folder_with_prompts_gives_the_vectors_sentence_transformers_gives(
    make_folder: MakeFolder, prompts: dict[str, str]
) -> None:
    folder = make_folder(prompts=prompts)
    ours = StaticEncoder.load(folder)
    reference = SentenceTransformerEncoder(str(folder), device="cpu", batch_size=2)
    for side in Side:
        texts = ["锂电池", "氢", "battery recycling"]
        np.testing.assert_allclose(ours.encode(texts, side), reference.encode(texts, side), rtol=0, atol=1e-6)


def test_the_bundled_model_never_imports_torch() -> None:
    program = (
        "import sys\n"
        "from matcher.domain.listing import Side\n"
        "from matcher.embed.factory import load_encoder\n"
        "assert load_encoder(None).encode(['锂电池回收'], Side.DEMAND).any()\n"
        "print(sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@settings(deadline=None)
@given(texts=st.lists(st.text(alphabet="锂电池回收氢battery 🔋", max_size=30), max_size=6))
def test_a_vector_is_of_unit_length_or_zero_and_does_not_depend_on_its_neighbours(
    bundled: StaticEncoder, texts: Sequence[str]
) -> None:
    together = bundled.encode(texts, Side.DEMAND)
    assert together.shape == (len(texts), bundled.dimension)
    assert together.dtype == np.float32
    lengths = np.linalg.norm(together, axis=1)
    assert np.all((lengths == 0) | (np.abs(lengths - 1) < 1e-6))
    for text, row in zip(texts, together, strict=True):
        np.testing.assert_array_equal(bundled.encode([text], Side.DEMAND)[0], row)


@pytest.mark.parametrize("text", ["", "  ", "🔋🚀", "！？。", "\ue000"])
def test_a_text_without_a_known_piece_becomes_a_zero_row(bundled: StaticEncoder, text: str) -> None:
    assert not bundled.encode([text], Side.SUPPLY).any()


def test_letter_width_and_case_do_not_matter(bundled: StaticEncoder) -> None:
    wide, plain = bundled.encode(["ＬＥＤ 照明", "led照明"], Side.SUPPLY)
    np.testing.assert_array_equal(wide, plain)


def test_a_related_text_is_nearer_than_an_unrelated_one_in_and_across_languages(
    bundled: StaticEncoder,
) -> None:
    near, far = bundled.encode(["退化草地的土壤微生物多样性", "恒星光谱的自动分类"], Side.SUPPLY)
    for asked in ["草原退化对土壤细菌群落的影响", "soil microbial diversity of degraded grassland"]:
        query = bundled.encode([asked], Side.DEMAND)[0]
        assert query @ near > query @ far + 0.2


def test_loading_twice_gives_the_same_id_and_vectors(bundled: StaticEncoder) -> None:
    again = load_encoder("static")
    assert again.encoder_id == bundled.encoder_id
    np.testing.assert_array_equal(again.encode(TEXTS, Side.SUPPLY), bundled.encode(TEXTS, Side.SUPPLY))


def test_the_id_changes_with_any_weight_and_names_the_dimension(make_folder: MakeFolder) -> None:
    first, second = make_folder("first"), make_folder("second")
    before = StaticEncoder.load(first).encoder_id
    assert StaticEncoder.load(second).encoder_id == before
    assert before.endswith("/6")
    weights = second / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    assert StaticEncoder.load(second).encoder_id != before


def test_the_bundled_folder_stays_within_sixty_megabytes() -> None:
    assert sum(file.stat().st_size for file in BUNDLED.iterdir()) <= 60_000_000


def test_another_kind_of_model_is_refused(make_folder: MakeFolder) -> None:
    folder = make_folder()
    modules = folder / "modules.json"
    modules.write_text(modules.read_text().replace("StaticEmbedding", "Transformer"))
    with pytest.raises(EncoderError, match="StaticEmbedding"):
        StaticEncoder.load(folder)


@pytest.mark.parametrize("broken", ["model.safetensors", "tokenizer.json", "modules.json"])
def test_a_damaged_file_is_an_encoder_error(make_folder: MakeFolder, broken: str) -> None:
    folder = make_folder()
    (folder / broken).write_bytes(b"{")
    with pytest.raises(EncoderError):
        StaticEncoder.load(folder)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="nowhere"):
        StaticEncoder.load(tmp_path / "nowhere")
