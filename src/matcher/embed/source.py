"""Where a model comes from: a folder here, or a hub id pinned to a revision (the hub or its mirror)."""

import re
from pathlib import Path

from matcher.domain.errors import EncoderError

_HUB_ID = re.compile(r"(?P<name>[\w.-]+(?:/[\w.-]+)?)(?:@(?P<revision>[\w./-]+))?")
_SAFE_FILES = ["*.json", "*.safetensors", "*.txt", "*.model"]


def resolve(spec: str) -> tuple[str, Path]:
    """The model's name and its folder, fetched from the hub where `spec` is no folder here.

    Raises `EncoderError` where it is neither a folder nor pinned, or cannot be fetched.
    """
    if Path(spec).is_dir():
        return Path(spec).resolve().name, Path(spec)
    matched = _HUB_ID.fullmatch(spec)
    if matched is None:
        raise EncoderError(f"找不到模型文件夹“{spec}”。", f"There is no model folder {spec}.")
    if matched["revision"] is None:
        raise EncoderError(
            f"模型“{spec}”既不是本地文件夹，也没有注明版本；请写成 名称@版本（commit）。",
            f"{spec} is neither a folder here nor pinned to a revision; write it as name@commit.",
        )
    return matched["name"], _fetch(matched["name"], matched["revision"])


def _fetch(name: str, revision: str) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, revision=revision, allow_patterns=_SAFE_FILES))
    except (OSError, ValueError) as error:  # the hub's own errors derive from these two
        raise EncoderError(
            f"无法从模型库取得“{name}@{revision}”；离线时请改用本地文件夹（原文：{error}）。",
            f"Cannot get {name}@{revision} from the hub; offline, name a local folder instead. ({error})",
        ) from error
