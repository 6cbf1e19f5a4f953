"""Figures of nginx, for Prometheus: connections and requests.

It is beside every nginx of a design that has a Prometheus, and on no other server. A small server of nginx's own, on
the loopback address alone, gives it the figures.
The version of Ubuntu 24.04 was not looked up, and it was not started there.
"""

from __future__ import annotations

from topology.components.base import ConfigFile, Measured, Placed
from topology.components.prometheus.exporting import Exporter

STATUS = "/etc/nginx/conf.d/tierwright-status.conf"
_TEXT = """server {
    listen 127.0.0.1:8101;
    access_log off;
    location = /stub_status {
        stub_status;
    }
    location / {
        return 404;
    }
}
"""


class NginxExporter(Exporter):
    """Figures of nginx."""

    name = "prometheus_nginx"
    title = "Prometheus nginx exporter"
    roles = {"nginx_exporter": "tells Prometheus how nginx is"}  # noqa: RUF012
    packages = {"debian12": "0.11.0", "ubuntu2404": "unknown"}  # noqa: RUF012
    package = "prometheus-nginx-exporter"
    port = 9113
    arguments = (
        "--nginx.scrape-uri=http://127.0.0.1:8101/stub_status",
        "--nginx.retries=12",
        "--nginx.retry-interval=5s",
    )
    proves = "nginx_up 1"
    implied_by = frozenset({"nginx", "nginx_media"})
    measured = Measured(memory_mib=10, cpu_ms=0.5, says="a scrape, 20 of them")
    before = r"""
printf 'events {}\nhttp { include /etc/nginx/conf.d/tierwright-status.conf; }\npid /run/nginx.pid;\n' >/run/nginx.conf
mkdir -p /var/log/nginx /var/lib/nginx
nginx -c /run/nginx.conf
"""

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """Its arguments, and the page that it asks."""
        return (*super().files(placed), ConfigFile(path=STATUS, text=_TEXT, unit="nginx.service"))


COMPONENT = NginxExporter()
