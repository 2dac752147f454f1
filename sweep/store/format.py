"""The version of the format that stores are kept in.

Format 1 is the first. In format 2 every run says the target of its study (`until`), and MongoDB keeps the version in a
document of its own. Format 3 keeps data sets and the accuracy of trainings, SQLite's columns say that losses are
numbers, and a point may have a spread for each hidden layer.
"""

from sweep.errors import StoreError

FORMAT_VERSION = 3
HAS_DATA = 3
"""The first version with data sets and accuracies."""


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
