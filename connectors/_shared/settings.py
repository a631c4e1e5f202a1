"""Before the walk: reading one connector's section of the environment, whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class SettingsIncomplete(Exception):
    """A section is half there. `missing` names every setting that is not: one start tells all."""

    def __init__(self, section: str, present: Sequence[str], missing: Sequence[str]) -> None:
        self.section = section
        self.present = tuple(present)
        self.missing = tuple(missing)
        super().__init__(
            f"{section}: {' and '.join(present)} {'is' if len(present) == 1 else 'are'} set, "
            f"but missing: {', '.join(missing)}."
        )


class SettingUnusable(SettingsIncomplete):
    """A setting is there and cannot be used; `missing` names it, `rule` ends the sentence "it must be .."."""

    def __init__(self, section: str, name: str, rule: str) -> None:
        super().__init__(section, (), (name,))
        self.args = (f"{section}: {name} must be {rule}.",)


def read_section(
    env: Mapping[str, str], section: str, *, required: Sequence[str], optional: Sequence[str] = ()
) -> dict[str, str] | None:
    """The section's settings by name, without blank ones; None when none of `required` is set.

    Raises `SettingsIncomplete` when some of `required` are set and others are not.
    """
    found = {name: value for name in (*required, *optional) if (value := env.get(name, "").strip())}
    present = [name for name in required if name in found]
    if not present:
        return None
    missing = [name for name in required if name not in found]
    if missing:
        raise SettingsIncomplete(section, present, missing)
    return found
