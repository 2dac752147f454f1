"""Options of Python, locales, time zones and other variables: all give the same results."""

import os
import shutil
import subprocess
import tempfile
from functools import cache

from benchmarks.odd.asked import QUICK
from benchmarks.odd.case import cases
from benchmarks.odd.place import Odd

ASCII = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
FLAGS = [("-O",), ("-OO",), ("-X", "dev"), ("-W", "error"), ("-P",), ("-B",), ("-u",), ("-s",), ("-X", "utf8=0")]
VARIABLES = {
    "PYTHONHASHSEED=0": {"PYTHONHASHSEED": "0"},
    "PYTHONHASHSEED=4294967295": {"PYTHONHASHSEED": "4294967295"},
    "LANG=C without UTF-8": {"LANG": "C", **ASCII},
    "LC_ALL=POSIX": {"LC_ALL": "POSIX"},
    "LC_ALL=POSIX without UTF-8": {"LC_ALL": "POSIX", **ASCII},
    "no LANG": {"LANG": None},
    "a locale that is not there": {"LC_ALL": "xx_XX.UTF-8"},
    "TERM=dumb": {"TERM": "dumb"},
    "COLUMNS=20": {"COLUMNS": "20", "LINES": "2"},
    "COLUMNS=0": {"COLUMNS": "0"},
    "COLUMNS=wide": {"COLUMNS": "wide"},
    "NO_COLOR": {"NO_COLOR": "1", "FORCE_COLOR": "1"},
    "TZ=Pacific/Apia": {"TZ": "Pacific/Apia"},
    "TZ=nonsense": {"TZ": ":/etc/passwd"},
    "TZ is empty": {"TZ": ""},
    "TZ=XXX-167:59:59": {"TZ": "XXX-167:59:59"},
    "PYTHONSAFEPATH": {"PYTHONSAFEPATH": "1"},
    "PYTHONDONTWRITEBYTECODE": {"PYTHONDONTWRITEBYTECODE": "1"},
    "PYTHONOPTIMIZE=2": {"PYTHONOPTIMIZE": "2"},
    "PYTHONWARNINGS=error": {"PYTHONWARNINGS": "error"},
    "PYTHONMALLOC=debug": {"PYTHONMALLOC": "debug"},
    "MPLBACKEND=TkAgg": {"MPLBACKEND": "TkAgg"},
    "OMP_NUM_THREADS=1": {"OMP_NUM_THREADS": "1"},
    "nothing but PATH": {"LANG": None, "HOME": None, "OPENBLAS_NUM_THREADS": None},
}
DRAWN = {"-OO", "LANG=C without UTF-8", "MPLBACKEND=TkAgg", "TZ=Pacific/Apia"}
LOCALES = [("tr_TR", "UTF-8"), ("tr_TR", "ISO-8859-9"), ("de_DE", "UTF-8"), ("de_DE", "ISO-8859-1")]


def same_results(place, odd, figures):
    place.train(odd, allowed=(0,))
    place.complete()
    place.read((*QUICK, *["figures"] * figures), odd, (0,))


@cases([(f"python {' '.join(flags)}", flags) for flags in FLAGS])
def flags_of_python(place, flags):
    same_results(place, Odd(flags=flags), " ".join(flags) in DRAWN)


@cases([(name, name) for name in VARIABLES])
def variables(place, name):
    charset = "ascii" if "without UTF-8" in name else "utf-8"
    same_results(place, Odd(environment=VARIABLES[name], charset=charset), name in DRAWN)


@cache
def without_locales():
    return "" if shutil.which("localedef") and os.path.isdir("/usr/share/i18n/locales") else "no locale can be made"


@cases([(f"the locale {name}.{charset}", name, charset) for name, charset in LOCALES], without_locales)
def another_locale(place, name, charset):
    with tempfile.TemporaryDirectory() as folder:
        whole = f"{name}.{charset}"
        subprocess.run(["localedef", "-i", name, "-f", charset, f"{folder}/{whole}"], check=True, capture_output=True)
        os.chmod(folder, 0o755)
        environment = {"LC_ALL": whole, "LOCPATH": folder, "PYTHONUTF8": "0"}
        same_results(place, Odd(environment=environment, charset=charset.lower()), True)
