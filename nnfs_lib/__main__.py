"""``python -m nnfs_lib``: whether this machine computes the book's numbers, and if not, what differs and why."""

import argparse
import sys

from . import selfcheck


def main() -> int:
    """Print a line for each check; 1 if any differs."""
    parser = argparse.ArgumentParser(
        prog="python -m nnfs_lib", description=selfcheck.__doc__
    )
    parser.add_argument(
        "--short",
        action="store_true",
        help=f"train for {selfcheck.N_EPOCHS_SHORT} epochs, not {selfcheck.N_EPOCHS}",
    )
    checks = selfcheck.checks(short=parser.parse_args().short)
    print(selfcheck.machine())
    different = []
    for check in checks:
        digest = check.digest()
        same = digest == check.known
        if not same:
            different.append(check)
        print(
            f"{check.name:<45} {digest}  {'same' if same else 'DIFFERENT: ' + check.known + ' is expected'}"
        )
    if not different:
        print(
            f"All {len(checks)} are the same: this machine computes the book's numbers."
        )
        return 0
    first = different[0]
    print(
        f"{len(different)} of {len(checks)} differ. The first is: {first.name}. {first.reason}"
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
