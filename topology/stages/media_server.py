"""A separate server hands out the media: everything that no Django view makes.

Answering views and sending files are different work. The media server runs a web server stripped to sending files.
Once it kept slow clients from holding the application's workers; behind nginx they hold none, so what it takes off
the web server is the files' share of the network card and of the CPU. Where a site is heavy in photos, video or
downloads that is most of it, and this should be the first step, before the database is moved.

Uploads must still arrive: Django writes them to MEDIA_ROOT. The media server exports its media directory over NFS
and the web server mounts it at the very path that MEDIA_ROOT names, so nothing changes in the code.
"""

from __future__ import annotations

from typing import ClassVar

from topology.capacity import percent
from topology.components import Cluster, Placed
from topology.design import Design, Host, Role
from topology.diff import listing
from topology.fields import Word
from topology.hardware import TypeName
from topology.stages.base import AtHand, Choices, Comparison, Stage
from topology.stages.layout import hosts_for, offers, placed, with_roles
from topology.stages.sizing import sized
from topology.stages.stacks import at_hand_or, chosen, programs_of
from topology.stages.steps import Phase, Step, Transition, offering, on, shared, units


class MediaChoices(Choices):
    """The choices of a media server."""

    type: TypeName | None = None
    """Server type of the media server; by default the smallest that is no limit at the peak."""
    program: Word | None = None
    """What hands out the files, such as nginx_media, lighttpd_media or apache_media; by default the stack's."""


class MediaServer(Stage[MediaChoices]):
    """Media on a server of its own."""

    name: ClassVar[str] = "media_server"
    title: ClassVar[str] = "A media server"
    order: ClassVar[int] = 3
    choices = MediaChoices

    def reached(self, design: Design) -> bool:
        """A server is there for the media alone."""
        return bool(hosts_for(design, "media"))

    def build(self, design: Design, choices: MediaChoices, at_hand: AtHand) -> Design:
        """A media server that also holds the uploads; every application server mounts them."""
        if self.reached(design):
            return design
        programs, wanted = programs_of(design), chosen(choices.program, "media")
        serving = (wanted,) if wanted else at_hand_or(at_hand, "media", programs.media)
        roles = [*serving, *at_hand_or(at_hand, "nfs", programs.nfs)]
        served, names = placed(design, "media", 1, roles, type_name=choices.type, at_hand=at_hand)
        mounted = with_roles(served, _mounting)
        return sized(mounted, names)

    def steps(self, change: Transition) -> tuple[Step, ...]:
        """Moving the files: out of application servers that begin to mount them, on to another server, or back."""
        old, new = change.lost("nfs"), change.gained("nfs")
        joining, leaving = _mounting_hosts(change.after) - _mounting_hosts(change.before), _leaving(change)
        apps = tuple(app for app in change.standing_apps() if app.host.name in joining)
        if new and old:
            return (_first_copy(change, old[0], new[0]), _late_copy(change, old[0], new[0]))
        if new and apps:
            return (_first_copy(change, apps[0], new[0]), _aside(change, apps), _rest(change, new[0], apps))
        if old and not new and leaving:
            return (_copy_back(change, leaving), _back_in_place(change, old[0], leaving))
        return ()

    def speaks_for(self, comparison: Comparison) -> tuple[str, ...]:
        """How much of the traffic files are."""
        requests, sent = comparison.file_requests, comparison.file_bytes
        return (f"files are {percent(requests)} of the requests and {percent(sent)} of the bytes",) if requests else ()


STAGE = MediaServer()


def _mounting(host: Host) -> tuple[Role, ...]:
    if "app" not in offers(host) or any(role.name == "nfs_client" for role in host.roles):
        return host.roles
    return (*host.roles, Role(name="nfs_client"))


def _mounting_hosts(cluster: Cluster | None) -> set[str]:
    return set() if cluster is None else {e.client for e in cluster.edges if e.endpoint.service == "nfs"}


def _leaving(change: Transition) -> tuple[Placed, ...]:
    """Application servers that stay, and have the files on a disk of their own from now on."""
    names = _mounting_hosts(change.before) - _mounting_hosts(change.after)
    return tuple(app for app in change.standing_apps() if app.host.name in names)


def _folders(change: Transition) -> list[str]:
    return [f"{site.root}/{folder}" for site in change.after.sites for folder in ("media", "static")]


def _first_copy(change: Transition, source: Placed, target: Placed) -> Step:
    copies = tuple(f"rsync -aH {path}/ root@{target.host.address}:{path}/" for path in _folders(change))
    count = tuple(f"find {path} -type f | wc -l" for path in _folders(change))
    return Step(
        phase=Phase.DATA,
        rank=1,
        title=f"Copy the files from {source.host.name} to {target.host.name}",
        hosts=(source.host.name, target.host.name),
        does="A first copy while the site runs; what changes meanwhile is brought over after the mount. It may be"
        " repeated: only what is new is sent.",
        blocks=(on(source.host, *copies),),
        notices="nothing, but that the disk and the network of the server are busy",
        checks=shared((name, count) for name in (source.host.name, target.host.name)),
        shows="the same numbers on both hosts, but for uploads since",
        back=f"the files on {source.host.name} are untouched; remove the copy",
    )


def _late_copy(change: Transition, source: Placed, target: Placed) -> Step:
    copies = tuple(f"rsync -aHu {path}/ root@{target.host.address}:{path}/" for path in _folders(change))
    apps = change.standing_apps()
    mounted = tuple(f"findmnt --noheadings --output SOURCE {path}" for path in _folders(change))
    return Step(
        phase=Phase.APP,
        rank=1,
        title=f"Bring over what was uploaded meanwhile, to {target.host.name}",
        hosts=(source.host.name, target.host.name),
        does=f"Every host mounts from {target.host.name} now. Copies what came to {source.host.name} since the first"
        " copy.",
        blocks=(on(source.host, *copies),),
        notices="what was uploaded meanwhile is found again",
        checks=shared((app.host.name, mounted) for app in apps),
        shows=f"{target.host.address} and the directory, for each",
        back=f"the files on {source.host.name} are untouched, but for what is uploaded from now on",
    )


def _copy_back(change: Transition, apps: tuple[Placed, ...]) -> Step:
    copies = tuple(f"rsync -aH {path}/ {path}.local/" for path in _folders(change))
    count = tuple(f"find {path} {path}.local -type f | wc -l" for path in _folders(change))
    return Step(
        phase=Phase.DATA,
        rank=1,
        title=f"Copy the files back to {_hosts(apps)}",
        hosts=tuple(app.host.name for app in apps),
        does="Copies the mounted directories to the server's own disk, beside them. It may be repeated.",
        blocks=shared((app.host.name, copies) for app in apps),
        notices="nothing, but that the disk and the network of the server are busy",
        checks=shared((app.host.name, count) for app in apps),
        shows="an even number: each file twice, but for uploads since",
        back="remove the copies",
    )


def _back_in_place(change: Transition, server: Placed, apps: tuple[Placed, ...]) -> Step:
    """After the mounts are gone, which RETIRE does, and before the server is given back."""
    lines = tuple(
        line
        for path in _folders(change)
        for line in (
            f"rsync -aHu root@{server.host.address}:{path}/ {path}.local/",
            f"rmdir {path} && mv {path}.local {path}",
        )
    )
    return Step(
        phase=Phase.RETIRE,
        rank=1,
        title=f"Put the files in place on {_hosts(apps)}",
        hosts=tuple(app.host.name for app in apps),
        does="Fetches what was uploaded since the copy, and puts the directories where the mounts were. Do it at once"
        " after the step before, off the peak.",
        blocks=shared((app.host.name, lines) for app in apps),
        notices="files are not found, and uploads fail, from the step before to the end of this one",
        checks=shared((app.host.name, tuple(f"ls -d {path}" for path in _folders(change))) for app in apps),
        shows="each directory",
        back=f"mount from {server.host.name} again: its files are untouched",
    )


def _hosts(apps: tuple[Placed, ...]) -> str:
    return listing(app.host.name for app in apps)


def _aside(change: Transition, apps: tuple[Placed, ...]) -> Step:
    aside = tuple(f"mv {path} {path}.before && install -d -o www-data -g www-data {path}" for path in _folders(change))
    back = tuple(f"rmdir {path} && mv {path}.before {path}" for path in _folders(change))
    return Step(
        phase=Phase.DATA,
        rank=2,
        title=f"Make room for the mounts on {_hosts(apps)}",
        hosts=tuple(app.host.name for app in apps),
        does="Puts the directories aside, so that the mounts take their place. Go on with the next step at once.",
        blocks=shared((app.host.name, aside) for app in apps),
        notices="files are not found, and uploads fail, until the directories are mounted in the next step",
        checks=shared(
            (app.host.name, tuple(f"ls -d {path} {path}.before" for path in _folders(change))) for app in apps
        ),
        shows="each directory, and the one put aside",
        back="unmount, and move the directories back",
        undo=shared((app.host.name, back) for app in apps),
    )


def _rest(change: Transition, server: Placed, apps: tuple[Placed, ...]) -> Step:
    rest = tuple(f"rsync -aHu {path}.before/ root@{server.host.address}:{path}/" for path in _folders(change))
    mounted = tuple(f"findmnt --noheadings --output SOURCE {path}" for path in _folders(change))
    return Step(
        phase=Phase.APP,
        rank=1,
        title=f"Bring over what was uploaded meanwhile, to {server.host.name}",
        hosts=(*(app.host.name for app in apps), server.host.name),
        does="Copies what is newer in the directories put aside, and starts the application anew on the mounts."
        " Remove the directories put aside once a backup of the new ones has been read.",
        blocks=shared((app.host.name, (*rest, f"systemctl restart {' '.join(units(app))}")) for app in apps),
        notices=_restart_notice(change),
        checks=shared((app.host.name, mounted) for app in apps),
        shows=f"{server.host.address} and the directory, for each",
        back="the directories put aside are untouched",
    )


def _restart_notice(change: Transition) -> str:
    if len(offering(change.after, "app")) > 1:
        return "nothing, as long as one application server after the other is started"
    return "requests fail while the application starts; how long your code takes to start, try on a quiet host"
