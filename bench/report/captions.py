# SPDX-License-Identifier: Apache-2.0
"""What the page says about areas and curves that it knows; it shows others as well."""

# In the order of the page: what is compared.
AREAS = {
    "encode": "Each message made into the parts of a writev, in four ways, against a memcpy of its "
              "bytes. Texts are not copied but pointed at, so large messages beat the memcpy.",
    "decode": "Bytes made into a message, of any type or of a known one, and on into JSON, against "
              "a memcpy of the same bytes and a bare loop over them.",
    "frame": "Unmasking, and finding the messages in a stream of frames that comes whole or in "
             "TCP segments, against a memcpy of the same bytes.",
    "session": "Messages through a server session, against its codec alone on the same messages.",
    "write": "Messages written to a socket: the time of the writing end for a batch, against "
             "writing what is ready in memory.",
    "server": "Calls to the reference server and back, against a server that only echoes the "
              "bytes on the same transport.",
    "suite": "Whole runs of the suite, and the start of the program, against an empty process.",
}
OTHER_AREA = "The strategies of each case, against its limit where it has one."

# AREA/CASE of a curve: what its N counts.
CURVES = {
    "write/unix-fields": "texts in the message",
    "suite/run": "cases at once",
}
OTHER_CURVE = "N, the number at the end of the name"
