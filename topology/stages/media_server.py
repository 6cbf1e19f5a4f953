"""A separate server hands out the media: everything that no Django view makes.

Answering views and sending files are different work, and one machine that does both does neither well. The media
server runs a web server stripped to sending files. Where a site is heavy in photos, video or downloads this should
be the first step, before the database is moved.

Uploads must still arrive: Django writes them to MEDIA_ROOT. The media server exports its media directory over NFS
and the web server mounts it at the very path that MEDIA_ROOT names, so nothing changes in the code.
"""

from __future__ import annotations

from typing import ClassVar

from topology.capacity import percent
from topology.components import Placed
from topology.design import Design, Host, Role, TypeName
from topology.stages.base import AtHand, Choices, Comparison, Stage
from topology.stages.layout import hosts_for, offers, placed, role_named, with_roles
from topology.stages.sizing import sized
from topology.stages.steps import Phase, Step, Transition, offering, on, shared, units


class MediaChoices(Choices):
    """The choices of a media server."""

    type: TypeName | None = None
    """Server type of the media server; by default the smallest that is no limit at the peak."""


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
        roles = [role_named(at_hand, "media", "nginx_media"), role_named(at_hand, "nfs", "nfs_server")]
        served, names = placed(design, "media", 1, roles, type_name=choices.type, at_hand=at_hand)
        mounted = with_roles(served, _mounting)
        return sized(mounted, names)

    def steps(self, change: Transition) -> tuple[Step, ...]:
        """Moving the files of application servers that begin to mount them."""
        servers, joining = change.gained("nfs"), _begins_to_mount(change)
        if not servers or not joining:
            return ()
        return (_first_copy(change, servers[0], joining), _aside(change, joining), _rest(change, servers[0], joining))

    def speaks_for(self, comparison: Comparison) -> tuple[str, ...]:
        """How much of the traffic files are."""
        requests, sent = comparison.file_requests, comparison.file_bytes
        return (f"files are {percent(requests)} of the requests and {percent(sent)} of the bytes",) if requests else ()

    def speaks_against(self, comparison: Comparison) -> tuple[str, ...]:
        """Nothing to move out."""
        return () if comparison.file_requests else ("the workload has no static or media requests",)


STAGE = MediaServer()


def _mounting(host: Host) -> tuple[Role, ...]:
    if "app" not in offers(host) or any(role.name == "nfs_client" for role in host.roles):
        return host.roles
    return (*host.roles, Role(name="nfs_client"))


def _begins_to_mount(change: Transition) -> tuple[Placed, ...]:
    """Application servers that stay, and had the files on a disk of their own."""
    before = {edge.client for edge in change.before.edges if edge.endpoint.service == "nfs"} if change.before else set()
    mounting = {edge.client for edge in change.after.edges if edge.endpoint.service == "nfs"} - before
    return tuple(app for app in change.standing_apps() if app.host.name in mounting)


def _folders(change: Transition) -> list[str]:
    return [f"{site.root}/{folder}" for site in change.after.sites for folder in ("media", "static")]


def _first_copy(change: Transition, server: Placed, apps: tuple[Placed, ...]) -> Step:
    copies = tuple(f"rsync -aH {path}/ root@{server.host.address}:{path}/" for path in _folders(change))
    count = tuple(f"find {path} -type f | wc -l" for path in _folders(change))
    return Step(
        phase=Phase.DATA,
        rank=1,
        title=f"Copy the files from {apps[0].host.name} to {server.host.name}",
        hosts=(apps[0].host.name, server.host.name),
        does="A first copy while the site runs; what changes meanwhile is brought over after the mount. It may be"
        " repeated: only what is new is sent.",
        blocks=(on(apps[0].host, *copies),),
        notices="nothing, but that the disk and the network of the server are busy",
        checks=shared((name, count) for name in (apps[0].host.name, server.host.name)),
        shows="the same numbers on both hosts, but for uploads since",
        back=f"the files on {apps[0].host.name} are untouched; remove the copy",
    )


def _aside(change: Transition, apps: tuple[Placed, ...]) -> Step:
    aside = tuple(f"mv {path} {path}.before && install -d -o www-data -g www-data {path}" for path in _folders(change))
    back = tuple(f"rmdir {path} && mv {path}.before {path}" for path in _folders(change))
    return Step(
        phase=Phase.DATA,
        rank=2,
        title=f"Make room for the mounts on {' and '.join(app.host.name for app in apps)}",
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
