# SPDX-License-Identifier: Apache-2.0
"""Reports of sanitizers and of libFuzzer, read."""

import pathlib
import unittest

from . import findings

ROOT = pathlib.Path("/src/wsapi")

ASAN = """INFO: Seed: 1
=================================================================
==7==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x5020000000b3 at pc 0x5581
READ of size 1 at 0x5020000000b3 thread T0
    #0 0x55814bd7ba97 in wsapi::ReadBuf::get_text(unsigned int, std::basic_string_view<char>&) /src/wsapi/build/fuzz/../../codec/read_buf.h:92:14
    #1 0x55814bd7ba98 in std::vector<int, std::allocator<int>>::size() const /usr/include/c++/12/bits/stl_vector.h:3
    #2 0x55814bd7ba99 in wsapi::Result<wsapi::Decoded> wsapi::(anonymous namespace)::decode_message<wsapi::Call, (wsapi::Revision)1>(std::span<std::byte const>) /src/wsapi/codec/decode.cc:55:3
    #3 0x55814bd7ba9a in LLVMFuzzerTestOneInput /src/wsapi/fuzz/targets/message_fuzz.cc:40:5
    #4 0x55814bc75e8b in fuzzer::Fuzzer::ExecuteCallback(unsigned char const*, unsigned long) (/src/wsapi/build/fuzz/fuzz_message+0x1e8b)

0x5020000000b3 is located 0 bytes after 3-byte region [0x5020000000b0,0x5020000000b3)
allocated by thread T0 here:
    #0 0x55814bd79d71 in operator new(unsigned long) (/src/wsapi/build/fuzz/fuzz_message+0xd71)
"""

PROPERTY = """fuzz: property does not hold: what was decoded can be encoded
==9== ERROR: libFuzzer: deadly signal
    #0 0x1 in __sanitizer_print_stack_trace (/p+0x1)
    #1 0x2 in abort stdlib/abort.c:79:7
    #2 0x3 in wsapi::fuzz::check(bool, char const*) /elsewhere/fuzz/check.h:25:3
    #3 0x4 in wsapi::fuzz::(anonymous namespace)::run(int)::'lambda'(auto)::operator()(int) const /elsewhere/fuzz/targets/message_fuzz.cc:26:3
"""


class Parse(unittest.TestCase):
    def test_asan(self):
        finding = findings.parse(ASAN, ROOT)
        self.assertEqual(finding.kind, "AddressSanitizer: heap-buffer-overflow")
        self.assertEqual([f.function for f in finding.own_frames],
                         ["wsapi::ReadBuf::get_text", "wsapi::decode_message",
                          "LLVMFuzzerTestOneInput"])
        self.assertEqual((finding.place.file, finding.place.line), ("codec/read_buf.h", 92))
        self.assertEqual(len(finding.frames), 5, "the stack of the allocation is another one")

    def test_lines_and_addresses_do_not_change_the_key(self):
        other = ASAN.replace("read_buf.h:92", "read_buf.h:95").replace("0x5581", "0x7777")
        self.assertEqual(findings.parse(ASAN, ROOT).key, findings.parse(other, ROOT).key)
        elsewhere = ASAN.replace("get_text", "get_bytes")
        self.assertNotEqual(findings.parse(ASAN, ROOT).key, findings.parse(elsewhere, ROOT).key)

    def test_property(self):
        finding = findings.parse(PROPERTY, ROOT)
        self.assertEqual(finding.kind, "property")
        self.assertEqual(finding.detail, "what was decoded can be encoded")
        self.assertEqual(finding.place.file, "fuzz/targets/message_fuzz.cc")

    def test_other_kinds(self):
        for line, kind in (
                ("codec/frame.cc:1:2: runtime error: index 33 out of bounds for type 'iovec[33]'",
                 "UndefinedBehaviorSanitizer"),
                ("==1==ERROR: LeakSanitizer: detected memory leaks", "LeakSanitizer: leaks"),
                ("==1== ERROR: libFuzzer: timeout after 20 seconds", "libFuzzer: timeout"),
                ("==1== ERROR: libFuzzer: out-of-memory (malloc(9))", "libFuzzer: out-of-memory"),
                ("a: f.cc:3: int main(): Assertion `x > 0' failed.", "assertion")):
            self.assertEqual(findings.parse(line, ROOT).kind, kind)

    def test_numbers_of_undefined_behaviour_are_no_part_of_the_key(self):
        keys = {findings.parse(f"x: runtime error: index {i} out of bounds", ROOT).key
                for i in (33, 34)}
        self.assertEqual(len(keys), 1)

    def test_no_finding(self):
        self.assertIsNone(findings.parse("#1 INITED cov: 3\nDone 100 runs\n", ROOT))


class NormaliseFunction(unittest.TestCase):
    def test_operators_templates_and_lambdas(self):
        for name, expected in (
                ("bool std::operator<< <char, int>(int)", "std::operator"),
                ("wsapi::TextIds::choose(std::optional<int>) const", "wsapi::TextIds::choose"),
                ("void f<&wsapi::g(int)>(int)", "f"),
                ("main", "main"), ("", "?")):
            self.assertEqual(findings.normalise_function(name), expected)


if __name__ == "__main__":
    unittest.main()
