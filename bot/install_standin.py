"""Puts the stand-in for TensorFlow into the environment of the interpreter that runs this file.

Run it once after the packages were installed: `.venvs/bot/bin/python bot/install_standin.py`. A `.pth` file
loads the stand-in at every start, so plain `rasa` commands work too. Running it again is harmless.
"""

import shutil
import sysconfig
from pathlib import Path

MODULE = "onethread_tensorflow_standin"


def install(site_packages: Path) -> None:
    """Copies the module and the line that loads it into `site_packages`."""
    shutil.copyfile(Path(__file__).parent / "standin" / f"{MODULE}.py", site_packages / f"{MODULE}.py")
    (site_packages / f"{MODULE}.pth").write_text(f"import {MODULE}; {MODULE}.install()\n", encoding="utf-8")


if __name__ == "__main__":
    install(Path(sysconfig.get_paths()["purelib"]))
