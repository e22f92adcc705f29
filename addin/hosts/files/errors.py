"""What the file host does not do is said by name, before anything is written."""

from __future__ import annotations

import inspect
from typing import Any, NoReturn, TypeVar

_Part = TypeVar("_Part", bound=type)


class Unsupported(NotImplementedError):
    """The file host does not do this; nothing was written."""

    def __init__(self, feature: str) -> None:
        super().__init__(f"文件主机不支持：{feature}")
        self.feature = feature


def refusing(part: _Part) -> _Part:
    """Every member that xlwings' interface has and ``part`` has not refuses by its name."""
    for name in dir(part):
        member = inspect.getattr_static(part, name)
        refuse = _refusal(f"{part.__name__}.{name}")
        if isinstance(member, property):
            getter = refuse if _left_out(member.fget) else member.fget
            setter = member.fset
            if _left_out(setter) or (setter is None and _can_be_set(part, name)):
                setter = refuse
            setattr(part, name, property(getter, setter))
        elif _left_out(member):
            setattr(part, name, refuse)
    return part


def _refusal(feature: str) -> Any:
    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise Unsupported(feature)

    return refuse


def _left_out(member: Any) -> bool:
    """Nothing but the ``raise NotImplementedError`` that xlwings has there."""
    code = getattr(member, "__code__", None)
    return code is not None and "NotImplementedError" in code.co_names


def _can_be_set(part: type, name: str) -> bool:
    return any(getattr(vars(base).get(name), "fset", None) for base in part.__mro__)
