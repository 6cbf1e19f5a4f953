"""Changes made to a machine between events."""

from __future__ import annotations

from math import inf

from topology.capacity.simulation import kernel
from topology.capacity.simulation.machine import Machine
from topology.capacity.simulation.program import Program, sums_of
from topology.capacity.simulation.transient import Change


def apply(change: Change, machine: Machine) -> None:
    """Make a change now."""
    if change.group:
        _set_hosts(change, machine)
    elif change.factor is not None:
        for station, instruction in machine.program.service_at:
            if station == change.station:
                machine.operand[instruction] = machine.program.operand[instruction] * change.factor
    elif change.station:
        for place in _places(change, machine.program):
            if change.up:
                _start(machine, place, _servers(change, machine.program))
            else:
                _stop(machine, place)
    else:
        _set_chances(change, machine)


def _set_hosts(change: Change, machine: Machine) -> None:
    names = [group.name for group in machine.program.model.groups]
    at = names.index(change.group) * kernel.GROUP_WIDTH
    first, count = int(machine.group[at + kernel.MEMBER]), int(machine.group[at + kernel.MEMBERS])
    for host in range(count) if change.member is None else (change.member,):
        machine.member[(first + host) * kernel.MEMBER_WIDTH + kernel.ALIVE] = int(bool(change.up))
    alive = (machine.member[(first + host) * kernel.MEMBER_WIDTH + kernel.ALIVE] for host in range(count))
    machine.group[at + kernel.UP] = sum(int(each) for each in alive)


def _set_chances(change: Change, machine: Machine) -> None:
    for name, first, count in machine.program.chances_at:
        if name == change.choose:
            sums = sums_of(change.chances, f"changes.{name}")[:count]
            for way, upto in enumerate(sums + [sums[-1] if sums else 0.0] * (count - len(sums))):
                machine.operand[first + way] = upto


def _places(change: Change, program: Program) -> range:
    names = [station.name for station in program.model.stations]
    first = program.stations[names.index(change.station)]
    if change.member is not None:
        return range(first + change.member, first + change.member + 1)
    return range(first, first + program.model.hosts[program.model.stations[names.index(change.station)].group])


def _servers(change: Change, program: Program) -> float:
    servers = next(station.servers for station in program.model.stations if station.name == change.station)
    return inf if servers is None else float(servers)


def _stop(machine: Machine, place: int) -> None:
    """Nobody is served any more; of those in service, what is left is kept."""
    if machine.served[place * kernel.SERVED_WIDTH + kernel.SERVERS] == 0:
        return
    kernel.touch(machine.station, machine.served, place, machine.now)
    machine.served[place * kernel.SERVED_WIDTH + kernel.SERVERS] = 0.0
    _shift(machine, place, -machine.now)
    kernel.settle(machine.due, machine.first, place, inf)


def _start(machine: Machine, place: int, servers: float) -> None:
    """Those in service go on with what was left, and who waits takes the servers that are free."""
    whole, real = place * kernel.STATION_WIDTH, place * kernel.SERVED_WIDTH
    if machine.served[real + kernel.SERVERS] == servers:
        return
    kernel.touch(machine.station, machine.served, place, machine.now)
    machine.served[real + kernel.SERVERS] = servers
    busy = _shift(machine, place, machine.now)
    while machine.station[whole + kernel.HEAD] >= 0 and busy < servers:
        _serve_next(machine, place)
        busy += 1
    end = kernel.next_end(machine.station, machine.served, machine.work, place, machine.now)
    kernel.settle(machine.due, machine.first, place, float(end))


def _serve_next(machine: Machine, place: int) -> None:
    whole, width = place * kernel.STATION_WIDTH, machine.program.width
    who, root = int(machine.station[whole + kernel.HEAD]), int(machine.station[whole + kernel.ROOT])
    machine.station[whole + kernel.HEAD] = machine.request[who * width + kernel.NEXT]
    at = who * kernel.WORK_WIDTH
    machine.work[at + kernel.KEY] = machine.now + machine.work[at + kernel.WORK]
    machine.request[who * width + kernel.CHILD] = -1
    heap = who if root < 0 else kernel.meld(machine.request, machine.work, width, root, who)
    machine.station[whole + kernel.ROOT] = heap


def _shift(machine: Machine, place: int, by: float) -> int:
    """Add to the ends of all services under way, unless cores are shared; how many there are."""
    root = int(machine.station[place * kernel.STATION_WIDTH + kernel.ROOT])
    shared = machine.station[place * kernel.STATION_WIDTH + kernel.SHARED]
    count, todo = 0, [root] if root >= 0 and not shared else []
    while todo:
        who = todo.pop()
        machine.work[who * kernel.WORK_WIDTH + kernel.KEY] += by
        count += 1
        child = int(machine.request[who * machine.program.width + kernel.CHILD])
        while child >= 0:
            todo.append(child)
            child = int(machine.request[child * machine.program.width + kernel.NEXT])
    return count
