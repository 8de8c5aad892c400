"""议事 Yishi: deliberation at the grassroots and the assistance campaign."""

__version__ = "0.2.0"  # the same as in pyproject.toml (tests/test_house.py); shown by pages, log and `yishi version`
