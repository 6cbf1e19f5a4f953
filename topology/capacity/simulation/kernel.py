"""The event loop: takes a system from event to event, compiled by numba or as plain Python, line for line the same.

Everything is in flat arrays of records, so that one source serves both; the constants say where a field stands,
and the last of a row how wide its record is. Integers stay below 2^63, so that Python's
endless integers and the machine's agree.
"""

from __future__ import annotations

from math import inf, log
from typing import Any

from topology.capacity.compiled import compiled, inlined

# A request: integers of `request` (a record is as wide as the system needs), reals of `work`.
PC, STREAM, RANDOM, NEXT, CHILD, ANSWERED, FIRST = range(7)  # from FIRST on: picked members, then counters
KEY, BEGAN, WORK, OWN, WORK_WIDTH = range(5)

# A station of one host: integers of `station`, reals of `served`.
SHARED, PRESENT, ROOT, HEAD, TAIL, STATION_WIDTH = range(6)
SERVERS, VIRTUAL, TOUCHED, AREA, BUSY, DONE, SERVED_WIDTH = range(7)

# Slots of one host: integers of `slots`, reals of `held`.
COUNT, HELD, WAITING, BACKLOG, QUEUE, LAST, TURNED_AWAY, SLOTS_WIDTH = range(8)
SEEN, AREA_HELD, AREA_WAITING, HELD_WIDTH = range(4)

# A group: `group`; its hosts: `member`.
MEMBER, MEMBERS, POLICY, TURN, UP, GROUP_WIDTH = range(6)
LOAD, ALIVE, MEMBER_WIDTH = range(3)
AT_RANDOM, ROUND_ROBIN, LEAST = range(3)

# A stream: integers of `stream`, reals of `source`.
ENTRY, ARRIVALS, SEEDS, BURSTING, OFFERED, REPLIED, REFUSED, STREAM_WIDTH = range(8)
RATE, BURST_RATE, LEAVES_CALM, LEAVES_BURST, UNTIL, SUM, SOURCE_WIDTH = range(7)

# The run: integers of `run`, reals of `clock`.
WIDTH, STATIONS, IDLE, FINISHED, STOP_AT, RUN_WIDTH = range(6)
NOW, HORIZON, FLOOR, CLOCK_WIDTH = range(4)

# Instructions: four integers of `code` (what, and three operands) and one real of `operand`.
BEGIN, SERVE, PICK, LEAVE, HOLD, FREE, FIXED, GEOMETRIC, AGAIN, CHOOSE, JUMP, ANSWER, REFUSE, END = range(14)
CODE_WIDTH = 4
EXPONENTIAL, AS_LONG, BY_OWN = range(3)

# Why the loop came back.
ENOUGH, TIME_UP, NO_ROOM, STUCK = range(4)

# The histogram of response times: so many bins while a time grows by the factor e, which puts the middle of a bin
# within 0.1 % of everything in it.
BINS_A_FOLD, BINS = 500.0, 12_700

# Lag-1 multiply-with-carry (Marsaglia, 1994) to base 2^32; for both a·2^32 - 1 and a·2^31 - 1 are prime, so the
# period is a·2^31 - 1. Low and high half are mixed, as the low half alone is weak.
MULTIPLIER = 2_083_801_278
SEED_MULTIPLIER = 1_812_432_270  # seeds of requests come from another recurrence: none repeats its parent's numbers
LOW = 0xFFFF_FFFF


@inlined
def uniform(states: Any, place: int) -> Any:
    """The next number of a generator, between 0 and 1, neither included."""
    state = states[place] = MULTIPLIER * (states[place] & LOW) + (states[place] >> 32)
    return (((state & LOW) ^ (state >> 32)) + 0.5) * 2.3283064365386963e-10


@inlined
def seed(states: Any, place: int) -> Any:
    """A seed for another generator."""
    first = SEED_MULTIPLIER * (states[place] & LOW) + (states[place] >> 32)
    second = states[place] = SEED_MULTIPLIER * (first & LOW) + (first >> 32)
    return (((first & LOW) ^ (first >> 32)) >> 1 << 32) + ((second & LOW) ^ (second >> 32))


@inlined
def meld(request: Any, work: Any, width: int, one: int, other: int) -> int:
    """Two pairing heaps (Fredman et al., 1986) made one; children hang together by NEXT."""
    if work[other * WORK_WIDTH + KEY] < work[one * WORK_WIDTH + KEY]:
        one, other = other, one
    request[other * width + NEXT] = request[one * width + CHILD]
    request[one * width + CHILD] = other
    return one


@compiled
def without_root(request: Any, work: Any, width: int, root: int) -> int:
    """The heap without its least; -1 where nothing is left."""
    node, pairs = request[root * width + CHILD], -1
    while node >= 0:
        other = request[node * width + NEXT]
        if other < 0:
            request[node * width + NEXT] = pairs
            pairs = node
            break
        following = request[other * width + NEXT]
        pair = meld(request, work, width, node, other)
        request[pair * width + NEXT] = pairs
        pairs, node = pair, following
    if pairs < 0:
        return -1
    heap, node = pairs, request[pairs * width + NEXT]
    while node >= 0:
        following = request[node * width + NEXT]
        heap, node = meld(request, work, width, heap, node), following
    return heap


@inlined
def settle(due: Any, first: Any, leaf: int, time: float) -> None:
    """Set when a leaf is due, and let the tournament of all leaves find again who is first."""
    due[leaf] = time
    node = (len(due) + leaf) >> 1
    while node > 0:
        one, other = first[2 * node], first[2 * node + 1]
        best = one if due[one] <= due[other] else other
        if best == first[node] and best != leaf:
            break
        first[node] = best
        node >>= 1


@inlined
def touch(station: Any, served: Any, place: int, now: float) -> None:
    """Bring a station's virtual time and sums up to now."""
    real = place * SERVED_WIDTH
    elapsed = now - served[real + TOUCHED]
    present = station[place * STATION_WIDTH + PRESENT]
    served[real + TOUCHED] = now
    if present > 0:
        busy = min(float(present), served[real + SERVERS])
        served[real + AREA] += present * elapsed
        served[real + BUSY] += busy * elapsed
        if station[place * STATION_WIDTH + SHARED]:
            # Each present gets busy/present of a server: virtual time is what each has been served.
            served[real + VIRTUAL] += elapsed * busy / present


@inlined
def next_end(station: Any, served: Any, work: Any, place: int, now: float) -> Any:
    """When the next service at a station ends."""
    root = station[place * STATION_WIDTH + ROOT]
    key = work[root * WORK_WIDTH + KEY] if root >= 0 else inf
    if not station[place * STATION_WIDTH + SHARED]:
        return key
    present = station[place * STATION_WIDTH + PRESENT]
    busy = min(float(present), served[place * SERVED_WIDTH + SERVERS])
    if busy <= 0.0:
        return inf
    return now + (key - served[place * SERVED_WIDTH + VIRTUAL]) * present / busy


@inlined
def enter(request: Any, work: Any, station: Any, served: Any, width: int, place: int, who: int, now: float) -> bool:
    """A request comes to a station with its WORK; whether that may change when the station is due."""
    touch(station, served, place, now)
    whole, real = place * STATION_WIDTH, place * SERVED_WIDTH
    present = station[whole + PRESENT] = station[whole + PRESENT] + 1
    if station[whole + SHARED]:
        if present == 1:
            served[real + VIRTUAL] = 0.0  # begins anew, so that it never grows too large to be exact
        key = served[real + VIRTUAL] + work[who * WORK_WIDTH + WORK]
    elif present <= served[real + SERVERS]:
        key = now + work[who * WORK_WIDTH + WORK]
    else:
        request[who * width + NEXT] = -1
        if station[whole + HEAD] < 0:
            station[whole + HEAD] = who
        else:
            request[station[whole + TAIL] * width + NEXT] = who
        station[whole + TAIL] = who
        return False
    work[who * WORK_WIDTH + KEY] = key
    request[who * width + CHILD] = -1
    root = station[whole + ROOT]
    station[whole + ROOT] = who if root < 0 else meld(request, work, width, root, who)
    return True


@inlined
def complete(request: Any, work: Any, station: Any, served: Any, width: int, place: int, now: float) -> int:
    """The request whose service ends now leaves; who waits first is served."""
    touch(station, served, place, now)
    whole, real = place * STATION_WIDTH, place * SERVED_WIDTH
    who: int = station[whole + ROOT]
    root = without_root(request, work, width, who)
    station[whole + PRESENT] -= 1
    served[real + DONE] += 1.0
    if station[whole + SHARED]:
        served[real + VIRTUAL] = work[who * WORK_WIDTH + KEY]
    elif station[whole + HEAD] >= 0:
        turn = station[whole + HEAD]
        station[whole + HEAD] = request[turn * width + NEXT]
        work[turn * WORK_WIDTH + KEY] = now + work[turn * WORK_WIDTH + WORK]
        request[turn * width + CHILD] = -1
        root = turn if root < 0 else meld(request, work, width, root, turn)
    station[whole + ROOT] = root
    return who


@inlined
def next_arrival(stream: Any, source: Any, place: int, now: float) -> float:
    """When the next request of an open stream comes; bursty ones change between a calm and a busy rate (MMPP)."""
    whole, real = place * STREAM_WIDTH, place * SOURCE_WIDTH
    while True:
        rate = source[real + BURST_RATE] if stream[whole + BURSTING] else source[real + RATE]
        time = now - log(uniform(stream, whole + ARRIVALS)) / rate if rate > 0.0 else inf
        if time <= source[real + UNTIL]:
            return time
        now = source[real + UNTIL]
        if now == inf:
            return inf
        stream[whole + BURSTING] = 1 - stream[whole + BURSTING]
        leaving = source[real + LEAVES_BURST] if stream[whole + BURSTING] else source[real + LEAVES_CALM]
        source[real + UNTIL] = now - log(uniform(stream, whole + ARRIVALS)) / leaving


@inlined
def pick(group: Any, member: Any, request: Any, place: int, random: int) -> int:
    """The host of a group for a request by its policy; -1 where none is up."""
    whole = place * GROUP_WIDTH
    first, count, up = group[whole + MEMBER], group[whole + MEMBERS], group[whole + UP]
    if up == 0:
        return -1
    if group[whole + POLICY] == AT_RANDOM:
        turn = int(uniform(request, random) * up)
        if up == count:
            return int(turn)
        chosen = 0
        while turn > 0 or not member[(first + chosen) * MEMBER_WIDTH + ALIVE]:
            turn -= member[(first + chosen) * MEMBER_WIDTH + ALIVE]
            chosen += 1
        return chosen
    chosen, least = -1, 0
    turn = group[whole + TURN]
    for _ in range(count):
        turn = turn + 1 if turn + 1 < count else 0
        host = (first + turn) * MEMBER_WIDTH
        if member[host + ALIVE] and (chosen < 0 or member[host + LOAD] < least):
            chosen, least = turn, member[host + LOAD]
            if group[whole + POLICY] == ROUND_ROBIN or least == 0:
                break
    group[whole + TURN] = chosen
    return int(chosen)


@inlined
def note_slots(slots: Any, held: Any, place: int, now: float) -> None:
    """Bring the sums of slots up to now."""
    elapsed = now - held[place * HELD_WIDTH + SEEN]
    held[place * HELD_WIDTH + SEEN] = now
    held[place * HELD_WIDTH + AREA_HELD] += elapsed * slots[place * SLOTS_WIDTH + HELD]
    held[place * HELD_WIDTH + AREA_WAITING] += elapsed * slots[place * SLOTS_WIDTH + WAITING]


@inlined
def bin_of(ratio: float) -> int:
    """The bin of a response time that is `ratio` times the least that is told apart."""
    return min(int(log(ratio) * BINS_A_FOLD), BINS - 1) if ratio > 1.0 else 0


@compiled
def advance(  # noqa: C901, PLR0915 - one loop: split, it would run at a fraction of its speed
    code: Any, operand: Any, request: Any, work: Any, station: Any, served: Any, due: Any, first: Any,
    slots: Any, held: Any, group: Any, member: Any, stream: Any, source: Any, histogram: Any, run: Any, clock: Any,
) -> int:  # fmt: skip
    """Run until STOP_AT are finished, HORIZON is reached, there is no room for a request, or nothing is ever due."""
    width, stations = run[WIDTH], run[STATIONS]
    now, horizon, floor = clock[NOW], clock[HORIZON], clock[FLOOR]
    while run[FINISHED] < run[STOP_AT]:
        leaf = first[1]
        time = due[leaf]
        if time >= horizon:
            clock[NOW] = now if horizon == inf else horizon
            return STUCK if horizon == inf else TIME_UP
        if leaf >= stations:
            who = run[IDLE]
            if who < 0:
                clock[NOW] = now
                return NO_ROOM
            now = max(now, time)
            place = leaf - stations
            run[IDLE] = request[who * width + NEXT]
            request[who * width + STREAM], request[who * width + PC] = place, stream[place * STREAM_WIDTH + ENTRY]
            request[who * width + RANDOM] = seed(stream, place * STREAM_WIDTH + SEEDS)
            settle(due, first, leaf, next_arrival(stream, source, place, now))
        else:
            now = max(now, time)
            who = complete(request, work, station, served, width, leaf, now)
            settle(due, first, leaf, next_end(station, served, work, leaf, now))
        # Those who can go on: this one, and whoever it hands a slot to.
        request[who * width + NEXT] = -1
        latest = who
        while who >= 0:
            me, mine, pc = who * width, who * WORK_WIDTH, request[who * width + PC]
            follower = -2  # not known until this one stops, as it may yet hand on a slot
            while follower == -2:
                at = pc * CODE_WIDTH
                what = code[at]
                one, two, three = code[at + 1], code[at + 2], code[at + 3]
                pc += 1
                if what == SERVE:
                    place = one + request[me + two] if two > 0 else one
                    if three == AS_LONG:
                        work[mine + WORK] = operand[pc - 1]
                    elif three == BY_OWN:
                        work[mine + WORK] = operand[pc - 1] * work[mine + OWN]
                    else:
                        work[mine + WORK] = -log(uniform(request, me + RANDOM)) * operand[pc - 1]
                    follower, request[me + PC] = request[me + NEXT], pc
                    if enter(request, work, station, served, width, place, who, now):
                        settle(due, first, place, next_end(station, served, work, place, now))
                elif what == HOLD:
                    place = one + request[me + two] if two > 0 else one
                    whole = place * SLOTS_WIDTH
                    note_slots(slots, held, place, now)
                    if slots[whole + HELD] < slots[whole + COUNT]:
                        slots[whole + HELD] += 1
                    elif slots[whole + BACKLOG] >= 0 and slots[whole + WAITING] >= slots[whole + BACKLOG]:
                        slots[whole + TURNED_AWAY] += 1
                        pc = three
                    else:
                        follower, request[me + PC], request[me + NEXT] = request[me + NEXT], pc, -1
                        if slots[whole + WAITING] == 0:
                            slots[whole + QUEUE] = who
                        else:
                            request[slots[whole + LAST] * width + NEXT] = who
                        slots[whole + LAST] = who
                        slots[whole + WAITING] += 1
                elif what == FREE:
                    place = one + request[me + two] if two > 0 else one
                    whole = place * SLOTS_WIDTH
                    note_slots(slots, held, place, now)
                    if slots[whole + WAITING] > 0:
                        turn = slots[whole + QUEUE]
                        slots[whole + QUEUE] = request[turn * width + NEXT]
                        slots[whole + WAITING] -= 1
                        request[turn * width + NEXT], request[latest * width + NEXT] = -1, turn
                        latest = turn
                    else:
                        slots[whole + HELD] -= 1
                elif what == AGAIN:
                    request[me + one] -= 1
                    if request[me + one] > 0:
                        pc = two
                elif what == FIXED:
                    request[me + one] = three
                elif what == GEOMETRIC:
                    times = int(log(uniform(request, me + RANDOM)) * operand[pc - 1])
                    request[me + one] = times
                    if times == 0:
                        pc = two
                elif what == PICK:
                    place = pick(group, member, request, one, me + RANDOM)
                    if place < 0:
                        pc = three
                    else:
                        request[me + two] = place
                        member[(group[one * GROUP_WIDTH + MEMBER] + place) * MEMBER_WIDTH + LOAD] += 1
                elif what == LEAVE:
                    place = group[one * GROUP_WIDTH + MEMBER] + request[me + two]
                    member[place * MEMBER_WIDTH + LOAD] -= 1
                elif what == CHOOSE:
                    chance = uniform(request, me + RANDOM)
                    while one > 0 and chance >= operand[pc]:
                        pc, one = pc + 1, one - 1
                    pc = code[pc * CODE_WIDTH + 1] if one > 0 else two
                elif what == JUMP:
                    pc = one
                elif what == ANSWER:
                    if request[me + ANSWERED] == 0:
                        request[me + ANSWERED] = 1
                        place = request[me + STREAM]
                        response = now - work[mine + BEGAN]
                        stream[place * STREAM_WIDTH + REPLIED] += 1
                        source[place * SOURCE_WIDTH + SUM] += response
                        histogram[place * BINS + bin_of(response / floor)] += 1
                        run[FINISHED] += 1
                elif what == BEGIN:
                    work[mine + BEGAN], request[me + ANSWERED] = now, 0
                    stream[request[me + STREAM] * STREAM_WIDTH + OFFERED] += 1
                    if one > 0:
                        work[mine + OWN] = -log(uniform(request, me + RANDOM))
                elif what == REFUSE:
                    if request[me + ANSWERED] == 0:
                        request[me + ANSWERED] = 1
                        stream[request[me + STREAM] * STREAM_WIDTH + REFUSED] += 1
                        run[FINISHED] += 1
                else:  # END
                    follower, request[me + NEXT], run[IDLE] = request[me + NEXT], run[IDLE], who
            who = follower
    clock[NOW] = now
    return ENOUGH
