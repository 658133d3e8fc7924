# SPDX-License-Identifier: Apache-2.0
"""What ci/fuzz does: the commands, and what they share. `python3 -m tools COMMAND` with fuzz/ on the
path; `python3 -m unittest discover -s fuzz/tools -t fuzz` runs the tests."""
