"""What a model folder says of itself: its modules, prompts and identity; and what is never loaded."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matcher.domain.errors import EncoderError
from matcher.domain.system_errors import system_words


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A readable model folder: the class names of its modules in order, and its prompts by name.

    `base` is the name its transformer had when it was loaded to be trained on, empty where it does not say.
    """

    path: Path
    modules: tuple[str, ...]
    prompts: Mapping[str, str]
    base: str = ""

    def digest(self) -> str:
        """First 12 hexadecimal digits of the SHA-256 of every file that bears on the vectors."""
        return digest_of_files(self.path, {".json", ".safetensors", ".txt", ".model"})


def digest_of_files(folder: Path, kinds: Set[str]) -> str:
    """First 12 hexadecimal digits of the SHA-256 of the files under `folder` whose names end in `kinds`."""
    total = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.suffix in kinds and file.is_file():
            total.update(f"{file.relative_to(folder).as_posix()}\0".encode())
            with file.open("rb") as content:
                total.update(hashlib.file_digest(content, "sha256").digest())
    return total.hexdigest()[:12]


def open_folder(path: Path) -> ModelFolder:
    """Read an encoder's `modules.json` and prompts, without loading the model.

    Raises `EncoderError` where there is no such folder, a module is not one of sentence-transformers'
    own, the model needs code of its own, or weights are kept as pickles.
    """
    if not (path / "modules.json").is_file():
        raise EncoderError(
            f"模型文件夹“{path}”不存在，或缺少 modules.json。",
            f"The model folder {path} does not exist or has no modules.json.",
        )
    return _checked(path)


def open_cross_encoder(path: Path) -> ModelFolder:
    """Read a cross-encoder's folder, without loading the model.

    Raises `EncoderError` as `open_folder`; a `config.json` is what it must have.
    """
    if not (path / "config.json").is_file():
        raise EncoderError(
            f"模型文件夹“{path}”不存在，或缺少 config.json。",
            f"The model folder {path} does not exist or has no config.json.",
        )
    return _checked(path)


def _checked(path: Path) -> ModelFolder:
    listed = read_json(path / "modules.json") if (path / "modules.json").is_file() else []
    types = [str(module["type"]) for module in listed]
    _refuse_foreign_code(path, types)
    _refuse_pickles(path)
    settings = path / "config_sentence_transformers.json"
    prompts = (read_json(settings).get("prompts") or {}) if settings.is_file() else {}
    config = read_json(path / "config.json") if (path / "config.json").is_file() else {}
    modules = tuple(name.rpartition(".")[2] for name in types)
    return ModelFolder(path, modules, prompts, str(config.get("_name_or_path") or ""))


def _refuse_foreign_code(path: Path, types: Iterable[str]) -> None:
    """Refuse modules of others, and a transformer that names a class of its own.

    The latter might load without its code, as the stock model it was made from, and give other vectors.
    """
    foreign = [name for name in types if not name.startswith("sentence_transformers.")]
    for config in sorted(path.rglob("config.json")):
        classes = read_json(config).get("auto_map") or {}
        foreign += [str(classes[name]) for name in sorted(classes) if name.startswith("AutoModel")]
    if foreign:
        raise EncoderError(
            f"模型“{path}”需要运行自带代码（{foreign[0]}），为安全起见不予加载。",
            f"The model {path} needs code of its own ({foreign[0]}), which is never run.",
        )


def _refuse_pickles(path: Path) -> None:
    weights = {file.parent for file in path.rglob("*.safetensors")}
    pickles = [file for file in path.rglob("*") if file.suffix in {".bin", ".pt", ".pth", ".ckpt", ".pkl"}]
    unsafe = [file.name for file in pickles if file.parent not in weights]
    if unsafe or not weights:
        names = ", ".join(unsafe) or "pickle"
        raise EncoderError(
            f"模型“{path}”没有 safetensors 权重；只加载 safetensors，不加载 {names}。",
            f"The model {path} has no safetensors weights; nothing else is loaded, least of all {names}.",
        )


def read_json(path: Path) -> Any:
    """What a JSON file holds; raises `EncoderError` where it cannot be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        zh, en = system_words(error)
        raise EncoderError(f"无法读取“{path}”：{zh}", f"Cannot read {path}: {en}") from error
    except ValueError as error:
        raise EncoderError(f"“{path}”不是 UTF-8 的 JSON 文件", f"{path} is no JSON in UTF-8") from error
