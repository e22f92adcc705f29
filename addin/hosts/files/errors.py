"""What the file host does not do is said by name, before anything is written."""

from __future__ import annotations


class Unsupported(NotImplementedError):
    """The file host does not do this; nothing was written."""

    def __init__(self, feature: str) -> None:
        super().__init__(f"文件主机不支持：{feature}")
        self.feature = feature
