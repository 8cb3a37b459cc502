"""Cross-encoders: real ones, of one layer, made by the test."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from matcher.domain.errors import EncoderError
from matcher.embed.cross_encoder import CrossEncoderReranker
from tests.embed.models import amend, make_cross_encoder

PAIRS = [("锂电池回收", "电池材料的回收"), ("液氢阀门泄漏检测", "焊缝图像"), ("氢能储运", "阀门在泄漏" * 100)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_cross_encoder(tmp_path_factory.mktemp("models") / "cross")


def test_a_pair_has_the_sigmoid_of_what_the_model_gives_whatever_is_read_beside_it(folder: Path) -> None:
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    figures = CrossEncoderReranker(str(folder), device="cpu", batch_size=2).figures(PAIRS)
    tokenizer = AutoTokenizer.from_pretrained(str(folder))
    model = AutoModelForSequenceClassification.from_pretrained(str(folder)).eval()
    for pair, figure in zip(PAIRS, figures, strict=True):
        [logit] = model(**tokenizer(*pair, truncation=True, return_tensors="pt")).logits.detach().numpy()
        assert figure == pytest.approx(1 / (1 + np.exp(-logit[0])), abs=1e-6)
    assert np.all((figures > 0) & (figures < 1))
    assert len(set(figures)) == len(PAIRS)


def test_no_pairs_have_no_figures_and_load_no_model(folder: Path) -> None:
    assert CrossEncoderReranker(str(folder)).figures([]).shape == (0,)


def test_the_id_changes_with_the_files(folder: Path, tmp_path: Path) -> None:
    other = make_cross_encoder(tmp_path / "cross", seed=1)
    assert CrossEncoderReranker(str(folder)).reranker_id != CrossEncoderReranker(str(other)).reranker_id


def test_a_classifier_with_several_figures_is_no_reranker(tmp_path: Path) -> None:
    folder = make_cross_encoder(tmp_path / "classifier", labels=3)
    with pytest.raises(EncoderError, match="3 figures"):
        CrossEncoderReranker(str(folder), device="cpu").figures(PAIRS)


def test_code_of_its_own_pickled_weights_and_hub_ids_without_revision_are_refused(tmp_path: Path) -> None:
    folder = make_cross_encoder(tmp_path / "cross")
    amend(folder / "config.json", auto_map={"AutoModelForSequenceClassification": "modeling.Own"})
    with pytest.raises(EncoderError, match="code of its own"):
        CrossEncoderReranker(str(folder))
    amend(folder / "config.json", auto_map={})
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(EncoderError, match="safetensors"):
        CrossEncoderReranker(str(folder))
    with pytest.raises(EncoderError, match="name@commit"):
        CrossEncoderReranker("BAAI/bge-reranker-base")
    with pytest.raises(EncoderError, match=r"config\.json"):
        CrossEncoderReranker(str(tmp_path))


def test_finding_a_cross_encoder_imports_no_torch(folder: Path) -> None:
    program = (
        "import sys\n"
        "from matcher.embed.cross_encoder import CrossEncoderReranker\n"
        f"CrossEncoderReranker({str(folder)!r})\n"
        "print(sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
