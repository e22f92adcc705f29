"""A registry in memory, for tests."""

from __future__ import annotations

from addin.setup.registry import Data


class FakeRegistry:
    """Keys with their values; a key stays when its last value goes, as in the real one."""

    def __init__(self, keys: dict[str, dict[str, Data]] | None = None) -> None:
        self.keys: dict[str, dict[str, Data]] = {}
        for key, values in (keys or {}).items():
            self._make(key)
            self.keys[key].update(values)

    def _make(self, key: str) -> None:
        parts = key.split("\\")
        for n in range(1, len(parts) + 1):
            self.keys.setdefault("\\".join(parts[:n]), {})

    def get(self, key: str, name: str) -> Data | None:
        return self.keys.get(key, {}).get(name)

    def set(self, key: str, name: str, data: Data) -> None:
        self._make(key)
        self.keys[key][name] = data

    def delete(self, key: str, name: str) -> None:
        self.keys.get(key, {}).pop(name, None)

    def exists(self, key: str) -> bool:
        return key in self.keys

    def drop(self, key: str) -> None:
        inside = any(other.startswith(f"{key}\\") for other in self.keys)
        if not inside and not self.keys.get(key, {}):
            self.keys.pop(key, None)
