"""Which of the two languages a caller is answered in."""

from starlette.requests import Request

from matcher.domain.labels import Language


def language_of(request: Request) -> Language:
    """Chinese, unless `Accept-Language` prefers another language to it.

    The weights are those of RFC 9110, section 12.5.4; whatever is neither Chinese nor `*` reads English.
    """
    best: tuple[float, Language] = (0.0, "zh")
    for part in request.headers.get("accept-language", "").split(","):
        tag, _, parameters = part.strip().lower().partition(";")
        if not tag:
            continue
        weight = _weight(parameters)
        if weight > best[0]:
            best = (weight, "zh" if tag == "*" or tag.split("-")[0] == "zh" else "en")
    return best[1]


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
