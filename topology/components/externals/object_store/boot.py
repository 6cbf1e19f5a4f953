"""Starts a server that speaks as S3 does, and lets Django keep an upload there by the settings of the plan."""

from __future__ import annotations

from topology.components import booting
from topology.components.base import Stage, Verdict
from topology.components.externals.standing_in import scaffold_settings

_START = r"""
echo "127.0.0.1 $1" >>/etc/hosts
export PYTHONPATH="/etc/$3:$4" DJANGO_SETTINGS_MODULE="$5"
# The settings name the bucket in the path; the test server would look for it in the host's name too.
S3_IGNORE_SUBDOMAIN_BUCKETNAME=true moto_server -H 127.0.0.1 -p "$2" >/run/said 2>&1 &
"""
_ASK = r"""
name, port, site = sys.argv[1:4]
wait_port(name, port)
import django
django.setup()
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage as store
bucket = f"{site}-media"
store.connection.create_bucket(Bucket=bucket)
everybody = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
policy = json.dumps({"Version": "2012-10-17", "Statement": [everybody]})
store.connection.meta.client.put_bucket_policy(Bucket=bucket, Policy=policy)
first, second = (store.save("photos/cat.txt", ContentFile(text)) for text in (b"one", b"two"))
apart = "apart" if first != second else "in its place"
print(f"{first} holds {store.open(first).read().decode()}; a second of that name is {apart}")
status, text, _ = get("/" + store.url(first).split("/", 3)[3], address=name, port=port, host=f"{name}:{port}")
print(f"GET {store.url(first)}: {status} {text}")
measured(lambda: store.open(first).read(), 50, "an upload fetched by Django, the store's own")
"""


def boot(stage: Stage) -> Verdict:
    """An upload is kept, a second one of the same name does not take its place, and a browser fetches it."""
    cluster, site = stage.placed.cluster, stage.placed.cluster.sites[0]
    settings = scaffold_settings(stage, site)
    host, _, port = cluster.design.externals[0].endpoint.rpartition(":")
    address = f"http://{host}:{port}/{site.name}-media/photos/cat.txt"
    expects = ("photos/cat.txt holds one; a second of that name is apart", f"GET {address}: 200 one")
    words = [host, port, site.name, site.code.directory, settings]
    return booting.boot(stage, start=_START, ask=_ASK, expects=expects, words=words)
