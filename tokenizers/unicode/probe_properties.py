"""The properties that Oniguruma, the engine of Split and Replace, knows: categories, scripts, POSIX brackets, \\w and its like."""
from tokenizers import Regex, normalizers as N

from probing import ALL, array, file_of, rows, trie

# Each has a bit of its own; they part all code points.
CATEGORIES = "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Co Cn".split()
# Patterns that are sets of these, or get a bit. A name with brackets or a backslash is the pattern itself.
OTHERS = (
    r"\w \s \d \h [:alnum:] [:alpha:] [:blank:] [:cntrl:] [:digit:] [:graph:] [:lower:] [:print:] [:punct:] [:space:] [:upper:] "
    "[:xdigit:] [:word:] [:ascii:] Alnum Alpha Blank Cntrl Digit Graph Lower Print Punct PosixPunct Space Upper XDigit Word Any Assigned "
    "ASCII L LC M N P S Z C Cs Letter Cased_Letter Uppercase_Letter Lowercase_Letter Titlecase_Letter Modifier_Letter Other_Letter Mark "
    "Nonspacing_Mark Spacing_Mark Enclosing_Mark Number Decimal_Number Letter_Number Other_Number Punctuation Connector_Punctuation "
    "Dash_Punctuation Open_Punctuation Close_Punctuation Initial_Punctuation Final_Punctuation Other_Punctuation Symbol Math_Symbol "
    "Currency_Symbol Modifier_Symbol Other_Symbol Separator Space_Separator Line_Separator Paragraph_Separator Other Control Format "
    "Surrogate Private_Use Unassigned Combining_Mark Alphabetic Lowercase Uppercase White_Space Emoji Emoji_Presentation Emoji_Modifier "
    "Emoji_Modifier_Base Emoji_Component Extended_Pictographic ID_Start ID_Continue XID_Start XID_Continue Ideographic "
    "Unified_Ideograph Hex_Digit ASCII_Hex_Digit Dash Diacritic Quotation_Mark Cased Case_Ignorable Math Variation_Selector Regional_Indicator").split()
SCRIPTS = (
    "Adlam Ahom Anatolian_Hieroglyphs Arabic Armenian Avestan Balinese Bamum Bassa_Vah Batak Bengali Bhaiksuki "
    "Bopomofo Brahmi Braille Buginese Buhid Canadian_Aboriginal Carian Caucasian_Albanian Chakma Cham Cherokee "
    "Chorasmian Common Coptic Cuneiform Cypriot Cypro_Minoan Cyrillic Deseret Devanagari Dives_Akuru Dogra Duployan "
    "Egyptian_Hieroglyphs Elbasan Elymaic Ethiopic Garay Georgian Glagolitic Gothic Grantha Greek Gujarati "
    "Gunjala_Gondi Gurmukhi Gurung_Khema Han Hangul Hanifi_Rohingya Hanunoo Hatran Hebrew Hiragana Imperial_Aramaic "
    "Inherited Inscriptional_Pahlavi Inscriptional_Parthian Javanese Kaithi Kannada Katakana Kawi Kayah_Li Kharoshthi "
    "Khitan_Small_Script Khmer Khojki Khudawadi Kirat_Rai Lao Latin Lepcha Limbu Linear_A Linear_B Lisu Lycian Lydian "
    "Mahajani Makasar Malayalam Mandaic Manichaean Marchen Masaram_Gondi Medefaidrin Meetei_Mayek Mende_Kikakui "
    "Meroitic_Cursive Meroitic_Hieroglyphs Miao Modi Mongolian Mro Multani Myanmar Nabataean Nag_Mundari Nandinagari "
    "New_Tai_Lue Newa Nko Nushu Nyiakeng_Puachue_Hmong Ogham Ol_Chiki Ol_Onal Old_Hungarian Old_Italic "
    "Old_North_Arabian Old_Permic Old_Persian Old_Sogdian Old_South_Arabian Old_Turkic Old_Uyghur Oriya Osage Osmanya "
    "Pahawh_Hmong Palmyrene Pau_Cin_Hau Phags_Pa Phoenician Psalter_Pahlavi Rejang Runic Samaritan Saurashtra Sharada "
    "Shavian Siddham SignWriting Sinhala Sogdian Sora_Sompeng Soyombo Sundanese Sunuwar Syloti_Nagri Syriac Tagalog "
    "Tagbanwa Tai_Le Tai_Tham Tai_Viet Takri Tamil Tangsa Tangut Telugu Thaana Thai Tibetan Tifinagh Tirhuta Todhri "
    "Toto Tulu_Tigalari Ugaritic Vai Vithkuqi Wancho Warang_Citi Yezidi Yi Zanabazar_Square ").split()


def matches(pattern):
    """The code points that the pattern matches, as a set. Refused patterns give None."""
    inner = pattern if pattern[0] in "\\[" else rf"\p{{{pattern}}}"
    try:
        outside = Regex(f"[^{inner}]+")
    except Exception:
        return None
    return frozenset(map(ord, N.Replace(outside, "").normalize_str(ALL)))


def short(name):
    """Oniguruma ignores case, blanks, hyphens and underscores in the names of properties."""
    return name if name[0] in "\\[" else name.lower().replace("_", "")


def probe():
    bits, sets, names = [0] * 0x110000, [], {}

    def add_bit(points):
        for c in points:
            bits[c] |= 1 << len(sets)
        sets.append(points)
        return 1 << (len(sets) - 1)

    for name in CATEGORIES:
        names[short(name)] = (add_bit(matches(name)), 0)
    assert all(bits[ord(c)].bit_count() == 1 for c in ALL)
    for name in OTHERS:
        points = matches(name)
        assert points is not None, name
        inside = [i for i, s in enumerate(sets) if s <= points]
        if frozenset().union(*(sets[i] for i in inside)) == points:
            names[short(name)] = (sum(1 << i for i in inside), 0)
        else:
            names[short(name)] = (add_bit(points), 0)
    assert len(sets) <= 64
    scripts = [0] * 0x110000
    for i, name in enumerate(SCRIPTS, 1):
        points = matches(name)
        assert points, name
        for c in points:
            assert scripts[c] == 0
            scripts[c] = i
        names.setdefault(short(name), (0, i))
    return bits, scripts, names


def text():
    bits, scripts, names = probe()
    classes = {}
    numbers = [classes.setdefault(b, len(classes)) for b in bits]
    named = ('{"' + name.replace("\\", "\\\\") + f'", {{{mask:#x}, {script}}}}},' for name, (mask, script) in sorted(names.items()))
    return file_of(trie("class", numbers), array("uint64_t", "class_sets", map(hex, classes), 8), trie("script", scripts),
                   f"const Named named[{len(names)}] = {{\n{rows(named, 5)}\n}};\n")
