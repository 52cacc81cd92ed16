#!/usr/bin/env python3
"""Writes what Hugging Face tokenizers finds with regular expressions that a grammar makes, and with those of real models.

    regex_differential.py OUT [SEED] [PATTERNS]

A record: the length of a pattern (u32) and the pattern; 1 when Hugging Face refuses it (u8), else 0 and then the number of
texts (u32), each as its length and bytes, the number of its matches and their begins and ends in bytes (u32). Matches without
characters are not there, since nothing of Hugging Face shows them.
"""
import random
import struct
import sys

from tokenizers import Regex, pre_tokenizers as P

from model_patterns import MODEL_PATTERNS

LETTERS = ["a", "b", "c", "s", "S", "t", "K", "1", "_", " ", "\n", "\r", "é", "É", "ß", "ſ", "中", "😀", "\u0301", ".", "-", "\u2028", "'"]
SETS = [r"\w", r"\W", r"\d", r"\D", r"\s", r"\S", r"\h", r"\H", r"\p{L}", r"\P{L}", r"\p{Lu}", r"\p{^Ll}", r"\p{N}", r"\p{Han}", r"\p{Latin}",
        r"\p{P}", r"\p{M}", ".", r"\N", r"\O", "[ab]", "[^ab]", "[a-c]", "[^a-cé-ɏ]", r"[\w&&[^a]]", r"[[:alpha:]]", r"[[:^digit:]x]", r"[\s\p{L}]",
        r"[^\s\p{L}\p{N}]", r"[^\r\n\p{L}\p{N}]", "[一-龥]", r"[a-z&&[^b-d]&&\w]", r"[\x{61}-\x{63}]", r"[-a]", r"[a-]", r"[]a]", r"[[a]b[c-s]]", r"\u00e9", r"\x61"]
PLACES = ["^", "$", r"\A", r"\z", r"\Z", r"\b", r"\B"]
QUANTIFIERS = ["*", "+", "?", "*?", "+?", "??", "*+", "++", "?+", "{2}", "{1,2}", "{0,2}", "{1,}", "{,2}", "{1,3}?", "{2}?", "{1,2}+", "{2,}?", "{2,1}"]


def escape(letter):
    return "\\" + letter if letter in ".-" else letter


class Grammar:
    def __init__(self, rng):
        self.rng = rng

    def pattern(self):
        head = self.rng.choice(["", "", "", "", "(?i)", "(?m)", "(?x)"])
        return head + self.choice(self.rng.choice([1, 2, 2, 3]))

    def choice(self, depth, behind=False):
        return "|".join(self.sequence(depth, behind) for _ in range(self.rng.choice([1, 1, 1, 2, 3])))

    def sequence(self, depth, behind):
        return "".join(self.repeated(depth, behind) for _ in range(self.rng.choice([0, 1, 1, 2, 2, 3])))

    def repeated(self, depth, behind):
        part, is_place = self.one(depth, behind)
        if part and not is_place and self.rng.random() < 0.4:
            quantifier = self.rng.choice(QUANTIFIERS)
            if quantifier.startswith("{") and any(look in part for look in ("(?=", "(?!", "(?<", "\\b", "\\B", "^", "$")):
                quantifier = "*"  # Oniguruma leaves a counted loop after an empty turn, but only where its code is long
            if not (behind and quantifier.endswith("+") and len(quantifier) > 1 or behind and quantifier == "{2,1}"):
                part += quantifier
        return part

    def one(self, depth, behind):
        r = self.rng.random()
        if r < 0.35:
            return escape(self.rng.choice(LETTERS)), False
        if r < 0.6:
            return self.rng.choice(SETS), False
        if r < 0.68:
            # Beside parts of several lengths, Oniguruma takes some places in a look-behind for granted.
            return ("", False) if behind else (self.rng.choice(PLACES), True)
        if depth == 0:
            return self.rng.choice(["ab", "ss", "st", "a", "b"]), False
        if r < 0.88:
            opening = self.rng.choice(["(", "(?:", "(?:", "(?i:", "(?-i:", "(?m:"] + ([] if behind else ["(?>"]))
            if opening == "(" and behind:
                opening = "(?:"
            return opening + self.choice(depth - 1, behind) + ")", False
        opening = self.rng.choice(["(?<=", "(?<!"] if behind else ["(?=", "(?!", "(?<=", "(?<!"])
        if behind and opening == "(?<!":
            opening = "(?<="
        inside = self.choice(depth - 1, behind or "<" in opening)
        if "<" in opening and self.rng.random() < 0.15:
            inside = "^|" + inside
        return opening + inside + ")", True

    def text(self):
        few = self.rng.sample(LETTERS, self.rng.choice([2, 3, 5, len(LETTERS)]))
        return "".join(self.rng.choice(few) for _ in range(self.rng.choice([0, 1, 2, 3, 5, 8, 13, 30])))


def find(splitter, text):
    at = 0
    offsets = [0]
    for c in text:
        at += len(c.encode())
        offsets.append(at)
    return [(offsets[b], offsets[e]) for _, (b, e) in splitter.pre_tokenize_str(text)]


def sized(data):
    return struct.pack("<I", len(data)) + data


def record(out, pattern, texts):
    out.write(sized(pattern.encode()))
    try:
        splitter = P.Split(Regex(pattern), "removed", invert=True)
        found = [(text, find(splitter, text)) for text in texts if text]
    except BaseException:  # refused, or more steps than Oniguruma takes
        out.write(b"\x01")
        return
    out.write(b"\x00" + struct.pack("<I", len(found)))
    for text, matches in found:
        out.write(sized(text.encode()) + struct.pack("<I", len(matches)))
        for match in matches:
            out.write(struct.pack("<II", *match))


def model_texts(rng):
    samples = ["Hello, I'm 12345 y'all'LL  we'Re\n\n\t x\r\n", "  leading and trailing  ", "don't DON'T d'ſ 'ſ 'S", "中文字符 かな カナ 한국어 abc中1", "a\u0301b\u0301 É\u0301", "١٢٣٤ ½²Ⅷ 1234567", "!!!??? ...\n\n/// \r\n\r\n x", "\u00a0\u2003 \u3000x\u0085y\u2028z\u200d",
               "if (x == 1) {\n\treturn x_y->z;\n}\n", "HTTPServerError iPhone McDonald ǅ ʰ", "😀👨‍👩‍👧 ❤️", "\n", " ", "   \n   x", "\x00\x1f\x7f"]
    alphabet = "aAbZéÉǅʰ中かカ한1١½'’sStTrRdDlLmMvVeEſ \t\n\r\x0b\x85\u00a0\u2028\u3000.!/-_$+\u0301\u200d😀\x00"
    for _ in range(400):
        samples.append("".join(rng.choice(alphabet) for _ in range(rng.randrange(1, 40))))
    for start in range(0, 0x110000, 0x80):
        if 0xD800 <= start <= 0xDFFF:
            continue
        samples.append("".join(chr(start + i) + ("" if i % 3 else " ") for i in range(0, 0x80, 5)))
    return samples


def main():
    out, seed = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 20_000
    rng = random.Random(seed)
    grammar = Grammar(rng)
    with open(out, "wb") as file:
        texts = model_texts(rng)
        for pattern in MODEL_PATTERNS.values():
            record(file, pattern, texts)
        for _ in range(count):
            record(file, grammar.pattern(), [grammar.text() for _ in range(12)])


if __name__ == "__main__":
    main()
