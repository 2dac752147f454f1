"""Write two data sets that ship with scikit-learn as CSV files: `python docs/examples/data_sets.py [FOLDER]`.

iris.csv: 150 flowers, four lengths in cm, the species last. R. A. Fisher (1936), UCI Machine Learning Repository,
doi:10.24432/C56C76, CC BY 4.0; scikit-learn corrects two rows after the paper.

digits.csv: 1,797 handwritten digits, 8 x 8 pixels from 0 to 16, the digit last. E. Alpaydin and C. Kaynak (1998), the
test set of UCI's "Optical Recognition of Handwritten Digits", doi:10.24432/C50P49, CC BY 4.0.
"""

import csv
import sys
from pathlib import Path

from sklearn.datasets import load_digits, load_iris


def main(folder: Path) -> None:
    """Write both files there."""
    iris = load_iris()
    names = [name.removesuffix(" (cm)").replace(" ", "_") for name in iris.feature_names]
    species = iris.target_names[iris.target]
    _write(folder / "iris.csv", [*names, "species"], zip(*iris.data.T, species, strict=True))

    digits = load_digits()
    pixels = [name.removeprefix("pixel_").replace("_", "") for name in digits.feature_names]
    columns = digits.data.astype(int).T
    _write(
        folder / "digits.csv", [*(f"p{name}" for name in pixels), "digit"], zip(*columns, digits.target, strict=True)
    )


def _write(path, names, rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
