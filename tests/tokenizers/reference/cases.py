"""What Hugging Face tokenizers makes of strings, streamed to the program that compares (differential_check.cpp, which reads it).

A record, little-endian: u32 size of the rest, u8 what follows.
  0, encoded: u8 flags (below), u8 strategy, u32 max_tokens (0: no limit), i32 stride (-1: one sequence, cut short), u32 length and bytes of
     the text, the same of the pair, u32 dropped, u32 sequences, of each: u32 count, i32 ids, u8 type ids, u8 special mask, u32 begin and end
  1, decoded: u8 skip special tokens, u32 count, i32 ids, u32 length and bytes of the text
"""
import itertools
import random
import struct
from array import array

PAIR, LEFT, NO_SPECIAL, REPLACED, REFUSED, IDS_ONLY = 1, 2, 4, 8, 16, 32
STRATEGIES = ["longest_first", "only_first", "only_second"]


def sized(data):
    return struct.pack("<I", len(data)) + data


def sequence(encoding):
    ids = encoding.ids
    offsets = array("I", itertools.chain.from_iterable(encoding.offsets))
    return struct.pack("<I", len(ids)) + array("i", ids).tobytes() + bytes(encoding.type_ids) + bytes(encoding.special_tokens_mask) + offsets.tobytes()


def skip_panic(error):
    """Rust's panics are no answers: there is nothing to be equal to."""
    if type(error).__name__ != "PanicException":
        raise error
    return "skip"


class Cases:
    """Writes records of one tokenizer to `out`."""

    def __init__(self, tokenizer, out):
        self.tok, self.out, self.count = tokenizer, out, 0
        tokenizer.no_truncation()
        tokenizer.no_padding()

    def write(self, record):
        self.out.write(sized(record))
        self.count += 1

    def encoded(self, data, pair, encodings, flags=0, strategy=0, limit=0, stride=-1, dropped=0):
        head = struct.pack("<BBBIi", 0, flags, strategy, limit, stride) + sized(data) + sized(pair or b"")
        self.write(head + struct.pack("<II", dropped, len(encodings)) + b"".join(map(sequence, encodings)))

    def plain(self, strings):
        """Strings in batches of a megabyte at most, so that memory is bounded."""
        batch, size = [], 0
        for text in strings:
            batch.append(text)
            size += len(text)
            if len(batch) == 1000 or size > 1_000_000:
                self.batch(batch)
                batch, size = [], 0
        self.batch(batch)

    def batch(self, batch):
        texts = [text.decode("utf-8", "replace") if isinstance(text, bytes) else text for text in batch]
        try:
            encodings = self.tok.encode_batch(texts)
        except BaseException as error:  # one of them is refused, or fatal
            if not isinstance(error, Exception):
                skip_panic(error)
            encodings = [self.one(text) for text in texts]
        for given, text, encoding in zip(batch, texts, encodings):
            if encoding == "skip":
                continue
            data = text.encode()
            flags = REPLACED if given != text and given != data else 0
            self.encoded(given if flags else data, None, [] if encoding is None else [encoding], flags | (REFUSED if encoding is None else 0))

    def one(self, text, pair=None, special=True):
        try:
            return self.tok.encode(text, pair, add_special_tokens=special)
        except Exception:
            return None
        except BaseException as error:
            return skip_panic(error)

    def cut(self, strings, count, rng):
        """Pairs, truncation with every strategy at both ends, windows."""
        short = [text[:300] for text in strings if isinstance(text, str)]
        for _ in range(count):
            text, pair = rng.choice(short), rng.choice(short) if rng.random() < 0.6 else None
            special, flags = rng.random() < 0.8, PAIR if pair is not None else 0
            whole = self.one(text, pair, special)
            if whole is None or whole == "skip":
                continue
            given = text.encode(), pair.encode() if pair is not None else None
            flags |= 0 if special else NO_SPECIAL
            if rng.random() < 0.2:
                self.encoded(*given, [whole], flags)
                continue
            limit, strategy, left = rng.randrange(2, 40), rng.randrange(3), rng.random() < 0.4
            stride = rng.randrange(0, 12) if rng.random() < 0.4 else -1
            if special and limit < self.tok.num_special_tokens_to_add(pair is not None):
                continue  # which it does not notice
            cut = self.truncated(text, pair, special, limit, max(stride, 0), STRATEGIES[strategy], left)
            if cut == "skip":
                continue
            if stride >= 0 and cut is not None and any(len(window.ids) > limit for window in cut.overflowing):
                cut = None  # nothing of one text had room, and it came whole: weir refuses that
            flags |= (LEFT if left else 0) | (REFUSED if cut is None else 0)
            windows = [] if cut is None else [cut, *cut.overflowing] if stride >= 0 else [cut]
            self.encoded(*given, windows, flags, strategy, limit, stride, len(whole.ids) - len(cut.ids) if cut is not None and stride < 0 else 0)

    def truncated(self, text, pair, special, limit, stride, strategy, left):
        try:
            self.tok.enable_truncation(limit, stride=stride, strategy=strategy, direction="left" if left else "right")
        except Exception:  # it finds the settings bad before it has seen a text
            return "skip"
        try:
            return self.tok.encode(text, pair, add_special_tokens=special)
        except Exception:  # a strategy that cannot reach the limit: weir must refuse it too
            return None
        except BaseException as error:
            return skip_panic(error)
        finally:
            self.tok.no_truncation()

    def decoded(self, strings, count, rng):
        """Ids of texts, and ids at random."""
        size = self.tok.get_vocab_size()
        for _ in range(count):
            encoding = self.one(rng.choice(strings)) if rng.random() < 0.6 else None
            ids = encoding.ids[:200] if encoding is not None and encoding != "skip" else [rng.randrange(size) for _ in range(rng.randrange(0, 12))]
            skip = rng.random() < 0.5
            try:
                text = self.tok.decode(ids, skip_special_tokens=skip)
            except BaseException as error:
                if not isinstance(error, Exception):
                    skip_panic(error)
                continue
            self.write(struct.pack("<BBI", 1, skip, len(ids)) + array("i", ids).tobytes() + sized(text.encode()))


def of_vocabulary(tokenizer, rng, count):
    """Its own tokens one after the other, as text."""
    letters = {v: k for k, v in bytes_to_letters().items()}
    tokens = sorted(tokenizer.get_vocab(with_added_tokens=False))
    for _ in range(count):
        some = [rng.choice(tokens) for _ in range(rng.randrange(1, 7))]
        text = "".join(some)
        if all(c in letters for c in text):
            text = bytes(letters[c] for c in text).decode("utf-8", "replace")
        yield text.replace("▁", " ").replace("</w>", " ").replace("##", rng.choice(["", " "]))


def bytes_to_letters():
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [b for b in range(256) if b not in plain]
    return {**{b: chr(b) for b in plain}, **{b: chr(256 + i) for i, b in enumerate(others)}}


def around_added(tokenizer, rng, count):
    """Added tokens beside all kinds of neighbours."""
    tokens = [token.content for token in tokenizer.get_added_tokens_decoder().values()]
    tokens += [change(t) for t in tokens[-40:] for change in (str.lower, str.upper, lambda t: t[:-1], lambda t: t + t)]
    around = ["", "", " ", "  ", "a", "1", "_", ".", "\n", "\u3000", "é", "中", "\u0301", "\t", "<", "▁"]
    for _ in range(count if tokens else 0):
        yield "".join(rng.choice(around) + rng.choice(around) + rng.choice(tokens) for _ in range(rng.randrange(1, 5))) + rng.choice(around)


def pieces(file, strings, out):
    """What Google's sentencepiece makes of strings with a model file: ids alone, nothing added. Returns the number of cases."""
    import sentencepiece
    processor = sentencepiece.SentencePieceProcessor(model_file=str(file))
    count = 0
    for text in strings:
        if isinstance(text, bytes) or len(text) > 100_000:  # it takes time in the square of the length
            continue
        data, ids = text.encode(), processor.encode(text)
        n = len(ids)
        head = struct.pack("<BBBIi", 0, NO_SPECIAL | IDS_ONLY, 0, 0, -1) + sized(data) + sized(b"")
        out.write(sized(head + struct.pack("<III", 0, 1, n) + array("i", ids).tobytes() + bytes(10 * n)))
        count += 1
    return count
