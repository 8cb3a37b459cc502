"""What use cases answer: typed models; they are the OpenAPI schema, the JSON of the CLI and what is kept."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any, Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, PrivateAttr, WithJsonSchema

Moment = Annotated[
    datetime,
    PlainSerializer(datetime.isoformat, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A moment in UTC, written as everywhere in the service: 2026-11-22T10:05:00+00:00."""


class Answer(BaseModel):
    """Whatever a use case answers; its keys are stable."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    _replayed: bool = PrivateAttr(False)

    @property
    def replayed(self) -> bool:
        """Whether this is the kept answer of a repeated request, for which nothing was done again."""
        return self._replayed

    @classmethod
    def from_kept(cls, record: Mapping[str, Any]) -> Self:
        """The answer that was kept for a request which is repeated."""
        answer = cls.model_validate(record)
        answer._replayed = True
        return answer

    @classmethod
    def made_of(cls, value: object, **stated: Any) -> Self:
        """An answer with the fields `stated`, and every other as the value has it under the same name."""
        copied = {name: getattr(value, name) for name in cls.model_fields if name not in stated}
        return cls(**copied, **stated)

    def as_json(self) -> dict[str, Any]:
        """The stable JSON form."""
        return self.model_dump(mode="json")


A = TypeVar("A", bound=Answer)


class Listed(Answer, Generic[A]):
    """全部条目，在一次回答中。"""

    items: list[A]

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """`GradeList` of `GradeAnswer`s: the name that the OpenAPI document gives it."""
        return f"{params[0].__name__.removesuffix('Answer')}List"


class Page(Answer, Generic[A]):
    """一页条目。"""

    items: list[A]
    next_cursor: str | None = Field(description="下一页的游标；最后一页为 null")

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """`GradePage` of `GradeAnswer`s."""
        return f"{params[0].__name__.removesuffix('Answer')}Page"


def every_model(base: type[BaseModel] = BaseModel) -> Iterator[type[BaseModel]]:
    """Every model of the service that is imported by now: what the OpenAPI document may describe."""
    for model in base.__subclasses__():
        if model.__module__.startswith("matcher."):
            yield model
        yield from every_model(model)
