"""Each file of the zoo of formats: the requests that a reader counts in it by hand, or a refusal with its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.intake_log import write_log
from topology.intake import LogRefused, read_logs

EXPECTED: dict[str, int | str] = {
    "alb/README.md": "no line of its beginning is a request",
    "alb/sample.log": 3,
    "alb/sample.log.gz": 3,
    "alp/combined_access.log": 14,
    "alp/json_access.log": 14,
    "alp/ltsv_access.log": 14,
    "haproxy_log_analysis/2_ok_1_invalid.log": 2,
    "haproxy_log_analysis/small.log": 9,
    "lnav/logfile_access_log.0": 3,
    "lnav/logfile_bad_access_log.0": 2,
    "lnav/logfile_caddy_log.0": 4,
    "lnav/logfile_haproxy.0": 13,
    "lnav/logfile_uwsgi.0": 19,
    "lnav/logfile_w3c.4": "an Incapsula log",
    "matomo/alb.log": 1,
    "matomo/amazon_cloudfront_rtmp.log": "an Amazon CloudFront streaming (RTMP) log",
    "matomo/amazon_cloudfront_web.log": 1,
    "matomo/caddy_json.log": 3,
    "matomo/common.log": 1,
    "matomo/common.log.bz2": 1,
    "matomo/common.log.gz": 1,
    "matomo/common_complete.log": 1,
    "matomo/common_encoding_big5.log": 1,
    "matomo/common_vhost.log": 1,
    "matomo/custom_regex_custom_date.log": "a log in the common format with dates of its own",
    "matomo/elb.log": 1,  # the other is a TCP connection without a request
    "matomo/gandi.log": 2,
    "matomo/haproxy.log": 1,
    "matomo/icecast2.log": 1,
    "matomo/iis.log": 1,
    "matomo/iis_custom.log": 3,
    "matomo/incapsula_w3c.log": "an Incapsula log",
    "matomo/logs_to_tests.log": 4,
    "matomo/ncsa_extended.log": 1,
    "matomo/netscaler.log": 1,
    "matomo/nginx_json.log": 2,
    "matomo/ovh.log": 1,
    "matomo/s3.log": "an Amazon S3 access log",
    "matomo/shoutcast.log": "a SHOUTcast log",
    "matomo/splitted_date_and_time.log": "a W3C extended log without the columns this needs",
    "matomo/static_ignores.log": 4,
    "matomo/traefik_json.log": 1,
}


@pytest.mark.parametrize("name", EXPECTED)
def test_each_file_gives_its_count_or_a_refusal_by_name(name: str, data_dir: Path | None, tmp_path: Path) -> None:
    if data_dir is None:
        write_log(tmp_path / "made.log", 500, seed=5)
        assert read_logs([tmp_path / "made.log"]).lines.read == 500
        return

    assert answer(data_dir / "logs" / "zoo" / name) == EXPECTED[name]


def answer(path: Path) -> int | str:
    """The number of requests, or the part of the refusal that names the kind."""
    expected = EXPECTED["/".join(path.parts[-2:])]
    try:
        return read_logs([path]).tally.parsed
    except LogRefused as refusal:
        return expected if isinstance(expected, str) and expected in refusal.sentence else refusal.sentence


def test_no_file_of_the_zoo_is_forgotten(data_dir: Path | None) -> None:
    if data_dir is not None:
        zoo = data_dir / "logs" / "zoo"
        assert sorted(EXPECTED) == sorted(str(path.relative_to(zoo)) for path in zoo.rglob("*") if path.is_file())
