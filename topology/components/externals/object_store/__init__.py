"""An object store that others run, for what people upload: S3 or one that speaks as it does.

Use it instead of a shared directory over NFS: every application server writes there, and browsers fetch from there.
Each site has a bucket of its own, SITE-media. Port 443 is asked by https, any other by http. The address of a file
is the store's own, not below MEDIA_URL, so that a name of one's own or a cache before it is set up at the provider.
"""

from __future__ import annotations

from topology.components.base import Component, Trouble, Validator
from topology.components.externals.object_store.boot import boot
from topology.components.externals.standing_in import nothing_to_check


class ObjectStore(Component):
    """An S3-compatible store."""

    name = "object_store"
    title = "S3-compatible media store"
    roles = {}  # noqa: RUF012
    packages = {}  # noqa: RUF012
    externals = {"s3": "an object store that keeps what people upload, a bucket for each site"}  # noqa: RUF012
    evidence = "stand_in"
    answer = "photos/cat.txt holds one; a second of that name is apart"
    validator = Validator(
        program="moto_server",
        package="moto (PyPI)",
        says="no file is written for it; a test server that speaks S3, asked by Django's settings",
        check=nothing_to_check,
        boot=boot,
    )
    troubles = (
        Trouble(
            sees="SignatureDoesNotMatch, or AuthorizationHeaderMalformed",
            does="The region is another one: write media_region of django_settings. Or the two halves of the key were"
            " exchanged, or the clock is wrong.",
        ),
        Trouble(
            sees="Uploads are there, and browsers get 403",
            does="The bucket lets nobody read. The plan's settings sign no addresses, since what is uploaded is public"
            " as it was below MEDIA_ROOT; let everybody read its objects, and nobody list them.",
        ),
        Trouble(
            sees="Older uploads are gone",
            does="They are still in /srv/SITE/media of the server that kept them: copy them into the bucket under the"
            " same names.",
        ),
    )


COMPONENT = ObjectStore()
