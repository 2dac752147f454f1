"""The version of the format that stores are kept in.

Format 1 is the first. In format 2 every run says the target of its study (`until`), and MongoDB keeps the version in a
document of its own. Format 3 keeps data sets and the accuracy of trainings, SQLite's columns say that losses are
numbers, and a point may have a spread for each hidden layer. Format 4 keeps trainings of functions of the user's own:
what they return beside the loss, why they diverged, and points that have no spread.
"""

from sweep.errors import StoreError

FORMAT_VERSION = 4
HAS_DATA = 3
"""The first version with data sets."""
SINCE = {"accuracy": 3, "outcomes": 4, "reason": 4}
"""Field of a record -> the first version that has it, where that is not the first of all."""


def check_format(name: str, version: object) -> int:
    """The version that a store says it has, where this project knows it.

    Raises:
        StoreError: the version is newer, or no version at all.
    """
    if not isinstance(version, int) or not 1 <= version <= FORMAT_VERSION:
        raise StoreError(
            f"the store {name} has format {version}, and this project knows formats up to {FORMAT_VERSION}; "
            "upgrade this project, or name another store"
        )
    return version
