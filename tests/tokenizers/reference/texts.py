"""Texts for the differential test: real ones in the languages that Debian knows, and families made to be hard.

A family is a function of a random.Random that yields the same strings each time; bytes where the text is not valid UTF-8.
"""
import gettext
import itertools
import json
import random
import re
import unicodedata
from pathlib import Path

POINTS = [c for c in [*range(0x34000), *range(0xE0000, 0xE0200), *range(0xEFFF0, 0xF0010), *range(0x10FFC0, 0x110000)] if not 0xD800 <= c <= 0xDFFF]
ASCII = [chr(c) for c in range(128)]
SPACES = [" ", "  ", "\t", "\n", "\r\n", "\u00a0", "\u3000", "\u2003", "\u2028", "\u0085", "\u200b", "\u1680", "\u202f", "\v", "\f", "\x1c"]
WORDS = ["a" * 99, "a" * 100, "a" * 101, "é" * 100, "中" * 120, "x" * 700, "👨‍👩‍👧", "ﬁ", "İstanbul", "ΣΑΣ", "각각", "a\u0327\u0301", "\u1100\u1161\u11a8", "don't",
         "e-mail", "naïve", "\u00ad", "\ufeff", "\u200b", "\x00", "\x7f", "\x85", "1,000.50", "ǅ", "ß", "▁", "▁▁a", "Ġ", "##a", "<0x41>", "</w>", "HELLO", "iPhone",
         "x²", "½", "Ⅷ", "①", "ｆｕｌｌ", "ﾊﾞ", "が", "か\u3099", "ガイアナ・ドル", "か゛゠・", "หนึ่ง", "ကောင်း", "नमस्ते", "مرحبا", "שלום", "ไทย", "中文字", "日本語", "한국어"]


def of_languages(root=Path("/usr/share/locale")):
    """Language code to distinct texts of iso-codes: names of countries, their regions, languages, currencies and scripts."""
    languages = {}
    for domain in ("iso_3166-1", "iso_3166-2", "iso_639-2", "iso_639-3", "iso_4217", "iso_15924"):
        for path in sorted(root.glob(f"*/LC_MESSAGES/{domain}.mo")):
            with path.open("rb") as file:
                catalog = gettext.GNUTranslations(file)._catalog
            texts = languages.setdefault(path.parts[-3], {})
            texts.update((text, None) for key, text in catalog.items() if key and isinstance(text, str) and not text.isascii())
    if len(languages) < 100:
        raise SystemExit("differential: the texts of Debian's package iso-codes are missing: run tools/setup --for test")
    return {code: list(texts) for code, texts in languages.items() if texts}


def of_locales(root=Path("/usr/share/i18n/locales")):
    """Names of days and months, formats and examples of every locale."""
    texts = {}
    for path in sorted(root.glob("*_*")):
        text = path.read_text(encoding="utf-8", errors="replace")
        for found in re.findall(r'"([^"\n]{2,})"', text):
            plain = re.sub(r"<U([0-9A-Fa-f]{4,8})>", lambda m: chr(int(m[1], 16)), found)
            if not plain.isascii():
                texts[plain] = None
    if len(texts) < 5000:
        raise SystemExit("differential: the texts of Debian's package locales are missing: run tools/setup --for test")
    return list(texts)


def scripts_of(texts):
    """The scripts that letters of the texts belong to, by the first word of their Unicode names."""
    return {unicodedata.name(c, "?").split()[0] for text in texts for c in text if c.isalpha()} - {"?", "MODIFIER", "FEMININE", "MASCULINE"}


class Corpus:
    """What families draw from. `descriptions`: English texts."""

    def __init__(self, descriptions):
        self.descriptions = [json.loads(line)["text"] for line in descriptions.open(encoding="utf-8")]
        self.languages = of_languages()
        self.locales = of_locales()

    def real(self, rng):
        yield from self.descriptions

    def languages_joined(self, rng):
        for texts in self.languages.values():
            for at in range(0, len(texts), 4):
                count = rng.choice([1, 1, 2, 3, 4])
                yield rng.choice([" ", ", ", "\n", "; ", " – ", ""]).join(texts[at:at + count])

    def locales_joined(self, rng):
        for at in range(0, len(self.locales), 3):
            yield rng.choice(["", " ", "\n"]).join(self.locales[at:at + 3])

    def mixed(self, rng):
        pools = [self.descriptions, self.locales, *self.languages.values()]
        for _ in range(20_000):
            yield rng.choice(SPACES).join(rng.choice(rng.choice(pools))[:rng.randrange(1, 80)] for _ in range(rng.randrange(2, 6)))

    def invalid_utf8(self, rng):
        for _ in range(6_000):
            data = bytearray(rng.choice(self.descriptions)[:80].encode() + "é中\U0001F600".encode() + rng.choice(self.locales).encode())
            for _ in range(rng.randrange(1, 6)):
                data[rng.randrange(len(data))] = rng.choice([rng.randrange(256), 0xC0, 0xE0, 0xED, 0xF4, 0xFF, 0x80])
            yield bytes(data)


def points(rng):
    """Every code point that is assigned or near one, beside letters, blanks, marks and digits."""
    for at in range(0, len(POINTS), 6):
        yield " ".join(f"a{c}b {c} A{c}\u0301\u0323{c}1" for c in map(chr, POINTS[at:at + 6]))


def single_points(rng):
    for c in POINTS[::5]:
        yield chr(c)


def block_words(rng):
    """Words within one block of 128 code points, so that letters, marks and signs of a script meet."""
    for start in range(0, len(POINTS), 128):
        block = [c for c in POINTS[start:start + 128] if unicodedata.category(chr(c)) != "Cn"] or POINTS[start:start + 4]
        for _ in range(8):
            yield " ".join("".join(chr(rng.choice(block)) for _ in range(rng.randrange(1, 9))) for _ in range(rng.randrange(1, 6)))


def emoji(rng):
    faces = [chr(c) for c in [*range(0x1F600, 0x1F650), *range(0x1F900, 0x1F9FF), *range(0x1F300, 0x1F5FF, 3), *range(0x1FA70, 0x1FAFF), *range(0x2600, 0x27BF, 2)]]
    people, skins, genders = ["👨", "👩", "🧑", "👦", "👧"], [chr(c) for c in range(0x1F3FB, 0x1F400)], ["\u2640\ufe0f", "\u2642\ufe0f"]
    flags = [chr(0x1F1E6 + a) + chr(0x1F1E6 + b) for a in range(26) for b in range(0, 26, 5)]
    tags = "\U0001F3F4" + "".join(chr(0xE0000 + ord(c)) for c in "gbsct") + "\U000E007F"
    whole = faces + flags + [tags] + [f"{k}\ufe0f\u20e3" for k in "0123456789#*"]
    whole += [p + s for p in people for s in skins] + [f"{p}{s}\u200d{g}" for p in people for s in skins for g in genders]
    whole += ["\u200d".join(t) for t in itertools.product(people, ["❤️", "👩", "👨"], people)] + [f + "\ufe0f" for f in faces[::4]] + [f + "\ufe0e" for f in faces[1::4]]
    for sign in whole:
        yield sign
        yield f"a{sign}b {sign}{sign} {rng.choice(whole)}{rng.choice(whole)}! {rng.choice(whole)}\u200d"


def marks(rng):
    """Marks that stay, go, join and trade places under normalization."""
    movers = ["\u302e", "\U0001d165", "\U0001d16d", "\u0301", "\u0323", "ù", "\u1e69", "각", "a", "\u0345"]
    for four in itertools.product(movers, repeat=4):
        yield "x".join(["".join(four), "".join(four[::-1])])
    many = [chr(c) for c in POINTS if unicodedata.combining(chr(c))]
    for _ in range(4_000):
        yield "".join(rng.choice("aeo ") + "".join(rng.choice(many) for _ in range(rng.randrange(0, 7))) for _ in range(rng.randrange(1, 6)))


def ascii_pairs(rng):
    for p, q in itertools.product(ASCII, repeat=2):
        yield f"a{p}{q}b {p}{q} {p} {q}"


def ascii_triples(rng):
    """Each pair with each third character, with blanks between them, in front and behind."""
    for p, q in itertools.product(ASCII, repeat=2):
        yield "".join(f"{p} {q}{r}" if (ord(p) + ord(q)) & 1 else f"{p}{q} {r}" for r in ASCII[32:127])


def edges(rng):
    """All triples of what the parts of tokenizers look for."""
    some = ["", " ", ".", "a", "A", "0", "[", "]", "#", "-", "'", "\n", "\t", "\r", "\u00a0", "中", "\u0301", "é", "▁", "Ġ", "²", "\x00", "\u200d", "ſ", "K"]
    for three in itertools.product(some, repeat=3):
        yield "".join(three)
        yield "x ".join(three) + "1"


def blanks(rng):
    for before, between, behind in itertools.product(SPACES + [""], repeat=3):
        yield f"{before}a{between}b{behind}"
        yield f"{before}{between}{behind}"


def numbers(rng):
    digits = ["0123456789", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९", "０１２３４５６７８９", "²³¹½¾①⑩Ⅻ", "一二三〇"]
    for _ in range(8_000):
        pool = rng.choice(digits[:1] * 4 + digits)
        whole = "".join(rng.choice(pool) for _ in range(rng.randrange(1, 14)))
        yield rng.choice(["", "$", "-", "+", "€", "x", " ", "№"]) + whole + rng.choice(["", ".", ",", ":", "e", "%", "th", " 000", "\u00a0", "_"]) + rng.choice(["", "5", "12", whole, "x"])


def contractions(rng):
    quotes, tails = ["'", "’", "`", "''", " '", "' ", "ʼ"], ["s", "t", "re", "ve", "m", "ll", "d", "S", "T", "RE", "Ve", "M", "lL", "D", "ſ", "st", "x", "l", "r", "İ", "K", "1", ""]
    heads = ["it", "I", "WE", "", " ", "1", "don", "é", "中", "_", ".", "\n", "ſ", "they'"]
    for head, quote, tail, behind in itertools.product(heads, quotes, tails, ["", "a", " b", "'s"]):
        yield f"{head}{quote}{tail}{behind}"


def controls(rng):
    signs = [chr(c) for c in [*range(32), *range(0x7F, 0xA1), 0xAD, *range(0x2000, 0x2010), *range(0x2028, 0x2030), *range(0x2060, 0x2070), 0xFEFF, 0xFFFC, 0xFFFD, 0x061C, 0x180E, 0xE0001, 0xFDD0, 0xFFFE]]
    for _ in range(6_000):
        yield "".join(rng.choice(signs) + rng.choice(["", "a", " ", "é", "1", ".", "中"]) for _ in range(rng.randrange(1, 8)))


def grammar(rng):
    """Words, signs and code points of all kinds, put together at random."""
    classes = [lambda: chr(rng.randrange(32, 127)), lambda: chr(rng.randrange(0x80, 0x500)), lambda: chr(rng.choice(POINTS)), lambda: rng.choice(SPACES),
               lambda: rng.choice("aeiouAEIOU"), lambda: chr(rng.randrange(0x300, 0x370)), lambda: str(rng.randrange(1000)), lambda: rng.choice("'\".,!?-_/\\")]
    for _ in range(60_000):
        words = []
        for _ in range(rng.randrange(1, 9)):
            kind = rng.random()
            if kind < 0.15:
                words.append(rng.choice(WORDS))
            elif kind < 0.3:
                words.append(rng.choice(classes)() * rng.randrange(1, 20))
            else:
                words.append("".join(rng.choice(classes)() for _ in range(rng.randrange(1, 7))))
        yield rng.choice([" ", " ", "", "\t ", "\n", "  "]).join(words)


def code(rng):
    """Source text: indentation, operators, names."""
    pieces = ["def ", "return ", "if (", ") {", "}\n", ";\n", "    ", "\t\t", "        ", "x", "i", "_foo", "fooBar", "HTTPServer", "== ", "!= ", "->", "::", "/* ", " */", "// ", "#include <", ">\n",
              "\"\"\"", "'s'", "0x1F", "1e-9", "\n\n\n", "\r\n", " \n", "\n ", "λ", "https://a.b/c?d=e&f", "$HOME", "@", "...", "\\n", "<br/>", "&amp;"]
    for _ in range(8_000):
        yield "".join(rng.choice(pieces) for _ in range(rng.randrange(2, 40)))


def long(rng, size):
    """Texts of `size` bytes without a break, or with nothing else."""
    letters = "".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(size))
    yield from [letters, "a" * size, "ab" * (size // 2), " " * size, "中" * (size // 3), "\u0301" * (size // 2), "a\u0301" * (size // 3), "-" * size, "1" * size, "😀" * (size // 4),
                "".join(chr(rng.randrange(0x4E00, 0x9FFF)) for _ in range(size // 3)), "▁" * (size // 3), "\n" * size, "a " * (size // 2), "'s" * (size // 2)]


def families(corpus):
    """Every family as a list."""
    makers = [corpus.real, corpus.languages_joined, corpus.locales_joined, corpus.mixed, corpus.invalid_utf8, points, single_points, block_words, emoji, marks,
              ascii_pairs, ascii_triples, edges, blanks, numbers, contractions, controls, grammar, code]
    return [list(maker(random.Random(maker.__name__))) for maker in makers]


def sample(families, share, seed):
    """Of each family one string of every `share`; others of them for another seed."""
    for i, family in enumerate(families):
        yield from family[(seed * 7 + i) % share::share]
