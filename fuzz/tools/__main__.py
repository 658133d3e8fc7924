# SPDX-License-Identifier: Apache-2.0
"""The commands of ci/fuzz; each is a module with a function main(arguments)."""

import importlib
import sys
import traceback

from . import engine

COMMANDS = ("smoke", "campaign", "triage", "minimize", "speed", "score")


def main() -> int:
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        print(f"ci/fuzz: expected a command: {', '.join(COMMANDS)}", file=sys.stderr)
        return 4
    command, arguments = sys.argv[1], sys.argv[2:]
    try:
        return importlib.import_module(f".{command}", __package__).main(arguments)
    except engine.UsageError as error:
        print(f"ci/fuzz {command}: {error}", file=sys.stderr)
        return 4
    except (engine.ToolError, OSError) as error:
        print(f"ci/fuzz {command}: {error}", file=sys.stderr)
        return 5
    except SystemExit as error:  # argparse: 0 for --help, 2 for a bad option
        return 4 if error.code else 0
    except KeyboardInterrupt:
        return 130
    except Exception:  # a mistake of ours must not look like a finding (status 1)
        traceback.print_exc()
        return 5


if __name__ == "__main__":
    sys.exit(main())
