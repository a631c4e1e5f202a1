"""Renders pages: every value is escaped, and only our own static files are linked."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .assets import Assets

FOLDER = Path(__file__).resolve().parent / "templates"


class Templates:
    """The pages of the web process."""

    def __init__(self, assets: Assets, folder: Path = FOLDER) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(folder),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals["asset"] = assets.url

    def render(self, template: str, **values: object) -> str:
        """The page as HTML.

        Raises:
            jinja2.UndefinedError: the template asks for a value it was not given.
        """
        return self._environment.get_template(template).render(**values)
