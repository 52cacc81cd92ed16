"""The scripts by which UnicodeScripts splits: numbers without names, 0 for code points that split nothing."""
from tokenizers import pre_tokenizers as P

from probing import ALL, CODE_POINTS, file_of, trie


def pieces(text):
    return [piece for piece, _ in P.UnicodeScripts().pre_tokenize_str(text)]


def probe():
    # A run of code points of one script is one piece; code points of any script go with what is before them, so these are found
    # first: they alone join a letter of either script.
    free = {c for c in CODE_POINTS if len(pieces(f"a{chr(c)}a")) == 1 and len(pieces(f"\u0431{chr(c)}\u0431")) == 1}
    assert free
    scripts, samples, at = [0] * 0x110000, [], 0
    for piece in pieces("".join(c for c in ALL if ord(c) not in free)):
        number = next((i for i, sample in enumerate(samples, 1) if len(pieces(sample + piece[0])) == 1), None)
        if number is None:
            samples.append(piece[0])
            number = len(samples)
        for c in piece:
            scripts[ord(c)] = number
    assert all(bool(scripts[c]) != (c in free) for c in CODE_POINTS)
    return scripts


def text():
    return file_of(trie("split_script", probe()))
