"""The fast reader of common and combined logs: a byte scanner compiled by numba.

It reads the lines whose every byte is as it should be and leaves all others to `formats.common.read`, which is the
definition; a property test holds the two together. Everything here sees bytes as numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from topology.intake.compiled import compiled, stops_at
from topology.intake.hits import DASH, NOT_LOGGED, WINDOW_BITS
from topology.intake.requests import API, HELD, KIND_MASK
from topology.intake.words import MINUS, NINE, SLASH, SPACE, ZERO, digits, moment, offset, packed_word, skip

LONGEST = 65_536  # longer lines are left to the other reader

_QUOTE, _BACKSLASH, _DOT = 0x22, 0x5C, 0x2E
_FNV_OFFSET, _FNV_PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)
_MIX_ONE, _MIX_TWO, _MIX_SHIFT = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53), np.uint64(33)
_WINDOW_BITS = np.uint64(WINDOW_BITS)
_GET = 1
_PROTOCOL = np.frombuffer(b"HTTP/", dtype=np.uint8)
_BOT, _CRAWL, _SPIDER, _SLURP = (
    np.frombuffer(word, dtype=np.uint8) for word in (b"bot", b"crawl", b"spider", b"slurp")
)


_IN_HEAD = stops_at(b" " + bytes(range(0x7F, 256)))
_IN_QUOTES = stops_at(b'"\\')
_IN_WORD = stops_at(b' "')
_IN_PATH = stops_at(b" ./?#;")
_IN_AGENT = stops_at(b'"\\bBcCsS')


@compiled
def _words_before(data: Any, at: int, end: int, starts: Any) -> int:
    """Fill `starts` with the beginnings of up to four words before ` [`; their number, or 0 for anything odd.

    `starts` gets one entry more: where the bracket is.
    """
    starts[0], words = at, 1
    index = skip(data, at, _IN_HEAD)
    while index < end and data[index] == SPACE:
        starts[words] = index + 1
        if data[index + 1] == 0x5B:
            return words
        if words == 4 or (words > 1 and starts[words - 1] == index):
            return 0
        words += 1
        index = skip(data, index + 1, _IN_HEAD)
    return 0


@compiled
def _client(data: Any, words: int, starts: Any) -> int:
    """Which word is the client, or -1 where the other reader has to say."""
    if words < 3:
        return -1
    if starts[1] - 2 >= starts[0] and data[starts[1] - 2] == 0x2C:
        return -1
    return 0 if words == 3 or (data[starts[1]] == MINUS and starts[2] - starts[1] == 2) else 1


@compiled
def _hash(data: Any, at: int, end: int) -> Any:
    """FNV-1a, as `hits.client_hash`."""
    value = _FNV_OFFSET
    for index in range(at, end):
        value = (value ^ np.uint64(data[index])) * _FNV_PRIME
    return value


@compiled
def _page_number(data: Any, at: int, end: int) -> Any:
    """As `hits.page_number`."""
    value = _hash(data, at, end)
    value = (value ^ (value >> _MIX_SHIFT)) * _MIX_ONE
    value = (value ^ (value >> _MIX_SHIFT)) * _MIX_TWO
    return (value ^ (value >> _MIX_SHIFT)) >> _WINDOW_BITS << _WINDOW_BITS


@compiled
def _quote_end(data: Any, at: int, end: int) -> int:
    """Where a quoted text that begins at `at` ends, or -1 for an escape, a control character or no end."""
    index = skip(data, at, _IN_QUOTES)
    return index if index < end and data[index] == _QUOTE else -1


@compiled
def _method(data: Any, at: int, end: int, methods: Any) -> int:
    """The number of a known method that ends in a space, or 0."""
    word = 0
    for index in range(at, min(end, at + 9)):
        byte = data[index]
        if byte == SPACE:
            for number in range(methods.size):
                if methods[number] == word:
                    return number + 1
            return 0
        word = (word << 8) | byte
    return 0


@compiled
def _extension(data: Any, dot: int, end: int, extensions: Any) -> int:
    """The traits of the extension after a dot, or -1."""
    if end - dot > 8 or end - dot < 2:
        return -1
    word = packed_word(data, dot + 1, end)
    low, high = 0, extensions.shape[0]
    while low < high:
        middle = (low + high) >> 1
        if extensions[middle, 0] < word:
            low = middle + 1
        else:
            high = middle
    return int(extensions[low, 1]) if low < extensions.shape[0] and extensions[low, 0] == word else -1


@compiled
def _prefix(data: Any, at: int, end: int, prefixes: Any) -> int:
    """The traits of the path's beginning."""
    for row in range(prefixes.shape[0]):
        length = 0
        while at + length < end and length < 8 and prefixes[row, length] == data[at + length]:
            length += 1
        if length == 8 or prefixes[row, length] == 0:
            return int(prefixes[row, 8])
    return 0


@compiled
def _path(data: Any, at: int, end: int, tables: Any) -> tuple[int, int, int]:
    """Where the path that begins at `at` ends, or -1, its traits, and where its query or end begins."""
    dot, cut, index = -1, -1, skip(data, at, _IN_PATH)
    while index < end and data[index] != SPACE:
        byte = data[index]
        if cut < 0:
            if byte == _DOT:
                dot = index
            elif byte == SLASH:
                dot = -1
            else:
                cut = index
        index = skip(data, index + 1, _IN_PATH)
    if index >= end:
        return -1, 0, 0
    stop = index if cut < 0 else cut
    traits = _extension(data, dot, stop, tables[1]) if dot >= 0 else -1
    return index, traits if traits >= 0 else _prefix(data, at, stop, tables[2]), stop


@compiled
def _request(data: Any, at: int, end: int, tables: Any) -> tuple[int, int, int, int]:
    """The method's number of `GET /path HTTP/1.1`, or 0 for anything else, the path's traits, beginning and end."""
    method = _method(data, at, end, tables[0])
    if method == 0:
        return 0, 0, 0, 0
    path = at
    while data[path] != SPACE:
        path += 1
    if data[path + 1] != SLASH:
        return 0, 0, 0, 0
    space, traits, stop = _path(data, path + 1, end, tables)
    if space < 0 or end - space < 6 or not _is_protocol(data, space + 1, end):
        return 0, 0, 0, 0
    return method, traits, path + 1, stop


@compiled
def _is_protocol(data: Any, at: int, end: int) -> bool:
    """`HTTP/` and no space after it."""
    for index in range(_PROTOCOL.size):
        if data[at + index] != _PROTOCOL[index]:
            return False
    spaces = 0
    for index in range(at + _PROTOCOL.size, end):
        spaces += data[index] == SPACE
    return spaces == 0


@compiled
def _size(data: Any, at: int, end: int) -> tuple[int, int]:
    """Where the byte count that begins at `at` ends, or -1 for anything odd, and the count."""
    if at < end and data[at] == MINUS:
        return (at + 1 if at + 1 == end or data[at + 1] == SPACE else -1), DASH
    value, index = 0, at
    while index < end and index - at < 14 and ZERO <= data[index] <= NINE:
        value = value * 10 + (data[index] - ZERO)
        index += 1
    whole = 0 < index - at <= 13 and (index == end or data[index] == SPACE)
    return (index if whole else -1), value


@compiled
def _word_end(data: Any, at: int, end: int) -> int:
    """Where the word that begins at `at` ends; -1 for an escape, or a quote in the wrong place."""
    if data[at] == _QUOTE:
        index = _quote_end(data, at + 1, end) + 1
        return index if index == end or (index > 0 and data[index] == SPACE) else -1
    index = skip(data, at, _IN_WORD)
    return index if index == end or data[index] == SPACE else -1


@compiled
def _agent(data: Any, at: int, end: int) -> tuple[int, bool]:
    """Where a quoted description of a client ends, or -1 as in `_word_end`, and whether it is a robot's."""
    bot, index = False, skip(data, at + 1, _IN_AGENT)
    while index < end and data[index] > SPACE and data[index] != _BACKSLASH:
        if data[index] == _QUOTE:
            return (index + 1 if index + 1 == end or data[index + 1] == SPACE else -1), bot
        for word in (_BOT, _CRAWL, _SPIDER, _SLURP):
            bot = bot or _has(data, index, end, word)
        index = skip(data, index + 1, _IN_AGENT)
    return -1, False


@compiled
def _has(data: Any, at: int, end: int, word: Any) -> bool:
    """Whether a word of small letters stands at `at`, in any case."""
    if end - at < word.size:
        return False
    place = 0
    # Setting this bit makes a capital small and no other byte a letter.
    while place < word.size and data[at + place] | 0x20 == word[place]:
        place += 1
    return bool(place == word.size)


@compiled
def _time(data: Any, at: int, end: int, raw: bool) -> int:
    """Microseconds of decimal seconds, a whole number as it is where `raw`, DASH for `-`, -3 for anything else."""
    if end - at == 1 and data[at] == MINUS:
        return DASH
    value, index = 0, at
    while index < end and ZERO <= data[index] <= NINE:
        value = value * 10 + (data[index] - ZERO)
        index += 1
    if index == at or index - at > 12 or (raw and index < end):
        return -3
    if raw:
        return value
    micros, unit = value * 1_000_000, 100_000
    if index < end and (data[index] != _DOT or index + 1 == end or end - index > 10):
        return -3
    for place in range(index + 1, end):
        if data[place] < ZERO or data[place] > NINE:
            return -3
        micros += (data[place] - ZERO) * unit
        unit //= 10
    return micros


@compiled
def _ending(data: Any, at: int, end: int, wanted: Any) -> tuple[bool, bool, int]:
    """From the words after the byte count: can they be read here, is the client a robot, the response time.

    `wanted` holds the numbers of the two words and whether times are raw.
    """
    bot, micros = False, NOT_LOGGED if wanted[1] < 0 else DASH
    for number in range(max(wanted[0], wanted[1]) + 1):
        if at >= end:
            break
        start = at + 1
        if start >= end or data[start] == SPACE:
            return False, False, 0
        if number == wanted[0]:
            at, bot = _agent(data, start, end) if data[start] == _QUOTE else (-1, False)
        else:
            at = _word_end(data, start, end)
        if at < 0:
            return False, False, 0
        if number == wanted[1]:
            micros = _time(data, start, at, wanted[2] != 0)
    return micros != -3, bot, micros


@compiled
def _line(data: Any, at: int, end: int, wanted: Any, tables: Any, starts: Any, out: Any, row: int) -> int:
    """One line into a row of `out`; the word that is the client, or -1 where the other reader has to say."""
    words = _words_before(data, at, end, starts)
    client = _client(data, words, starts)
    if client < 0 or end - starts[words] < 40:
        return -1
    time = starts[words] + 1
    second, zone, quote = moment(data, time), offset(data, time + 20), time + 28
    if second < 0 or zone < 0 or data[quote - 1] != SPACE or data[quote] != _QUOTE:
        return -1
    close = _quote_end(data, quote + 1, end)
    if close < 0 or end - close < 7 or data[close + 1] != SPACE or data[close + 5] != SPACE:
        return -1
    method, traits, path, stop = _request(data, quote + 1, close, tables)
    status, (rest, size) = digits(data, close + 2, 3), _size(data, close + 6, end)
    if method == 0 or status < 0 or rest < 0:
        return -1
    readable, bot, micros = _ending(data, rest, end, wanted)
    out[0, row], out[1, row], out[2, row], out[3, row] = second, method, status, size
    out[4, row], out[5, row], out[6, row], out[7, row] = traits, bot, micros, zone
    out[8, row], out[9, row] = path, stop
    return client if readable else -1


@compiled
def _page(data: Any, columns: Any, row: int) -> Any:
    """The number of the page of a hit, or 0, as `requests.is_cacheable` says."""
    traits = columns[4, row]
    if columns[1, row] != _GET or columns[2, row] != 200 or traits & KIND_MASK > API or traits & HELD:
        return np.uint64(0)
    return _page_number(data, columns[8, row], columns[9, row])


@compiled
def scan(
    data: Any, ends: Any, wanted: Any, tables: Any, columns: Any, clients: Any, pages: Any, unsure: Any
) -> tuple[int, int, int]:
    """Read each line of a block, whose newlines are at `ends`: how many are hits, unsure and blank.

    `columns` (second, method, status, size, traits, bot, time, offset, path's beginning and end), `clients` and
    `pages` get one entry for each hit, `unsure` the numbers of the lines that the other reader has to read.
    """
    starts = np.zeros(6, dtype=np.int64)
    begin, hits, left, blank = 0, 0, 0, 0
    for number in range(ends.size):
        end = ends[number]
        stop = end - 1 if end > begin and data[end - 1] == 0x0D else end
        word = -1
        if begin < stop <= begin + LONGEST:
            word = _line(data, begin, stop, wanted, tables, starts, columns, hits)
        if word >= 0:
            clients[hits] = _hash(data, starts[word], starts[word + 1] - 1)
            pages[hits] = _page(data, columns, hits)
            hits += 1
        elif stop == begin:
            blank += 1
        else:
            unsure[left] = number
            left += 1
        begin = end + 1
    return hits, left, blank
