"""The wheel's contents: the root of the repository is the package, but not all of its files are."""

from setuptools import setup
from setuptools.command.build_py import build_py

IN_THE_PACKAGE = {
    "__init__",
    "__main__",
    "arrays",
    "compiled",
    "errors",
    "lab_address",
    "quantities",
    "validation",
    "wafer_map",
    "wording",
}


class BuildPackage(build_py):
    """Leaves out the root's files that are not part of the package."""

    def find_package_modules(self, package: str, package_dir: str) -> list[tuple[str, str, str]]:
        found: list[tuple[str, str, str]] = super().find_package_modules(package, package_dir)
        return [entry for entry in found if package != "dwmtj" or entry[1] in IN_THE_PACKAGE]


setup(cmdclass={"build_py": BuildPackage})
