"""Builds the wheel and installs it into the environment that runs the tests."""

import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def lowtide(tmp_path_factory):
    """The package, as a user installs it."""
    if sys.prefix == sys.base_prefix:
        pytest.fail("run this in a virtual environment: the wheel is installed into it")
    wheels = tmp_path_factory.mktemp("wheels")
    manifest = ROOT / "crates/python/Cargo.toml"
    build = [sys.executable, "-m", "maturin", "build", "--release", "--manifest-path", manifest, "--out", wheels]
    subprocess.run(build, check=True)
    (wheel,) = wheels.glob("*.whl")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--force-reinstall", "--no-deps", wheel]
    subprocess.run(install, check=True)
    import lowtide

    return lowtide
