"""The current user's part of the Windows registry, as far as an installation needs it."""

from __future__ import annotations

from typing import Any, Protocol

Data = str | int


class Registry(Protocol):
    """Below HKEY_CURRENT_USER; a key is spelled ``Software\\Classes``, "" names its own value."""

    def get(self, key: str, name: str) -> Data | None:
        """None if key or value is absent."""

    def set(self, key: str, name: str, data: Data) -> None:
        """Makes the key as well."""

    def delete(self, key: str, name: str) -> None:
        """One value; nothing happens if it is absent."""

    def exists(self, key: str) -> bool: ...

    def drop(self, key: str) -> None:
        """A key, if neither values nor keys are left in it."""


class WindowsRegistry:
    """The real one; made on Windows only."""

    def __init__(self) -> None:
        import winreg

        self._api: Any = winreg  # its members exist for mypy on Windows only
        self._user = self._api.HKEY_CURRENT_USER

    def get(self, key: str, name: str) -> Data | None:
        api = self._api
        try:
            with api.OpenKey(self._user, key) as place:
                data: Data = api.QueryValueEx(place, name)[0]
                return data
        except FileNotFoundError:
            return None

    def set(self, key: str, name: str, data: Data) -> None:
        api = self._api
        kind = api.REG_DWORD if isinstance(data, int) else api.REG_SZ
        with api.CreateKey(self._user, key) as place:
            api.SetValueEx(place, name, 0, kind, data)

    def delete(self, key: str, name: str) -> None:
        api = self._api
        try:
            with api.OpenKey(self._user, key, 0, api.KEY_SET_VALUE) as place:
                api.DeleteValue(place, name)
        except FileNotFoundError:
            pass

    def exists(self, key: str) -> bool:
        try:
            self._api.OpenKey(self._user, key).Close()
        except FileNotFoundError:
            return False
        return True

    def drop(self, key: str) -> None:
        api = self._api
        try:
            with api.OpenKey(self._user, key) as place:
                keys, values, _ = api.QueryInfoKey(place)
            if not keys and not values:
                api.DeleteKey(self._user, key)
        except FileNotFoundError:
            pass
