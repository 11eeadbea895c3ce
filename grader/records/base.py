"""What all records share: frozen, strict, no unknown fields."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Language = Literal["ko", "en"]


class Record(BaseModel):
    """Plain frozen data that crosses a border between two stages."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        ser_json_inf_nan="constants",
        ser_json_bytes="base64",
        val_json_bytes="base64",
    )


class Text(Record):
    """A sentence in both languages of the course."""

    en: str
    ko: str

    def in_language(self, language: str) -> str:
        """The sentence in `language`, "ko" or "en"."""
        return self.ko if language == "ko" else self.en
