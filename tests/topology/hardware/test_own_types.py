"""A person's own server types from CSV: read as the plan file would, or refused with line and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from topology.errors import TierwrightError
from topology.hardware import ServerType, read_types, types_from_csv

HEADER = "name,cores,ram_mib,disk_gib,network_mbit,price_month,speed"


def refusal(content: str) -> str:
    with pytest.raises(TierwrightError) as caught:
        types_from_csv(content, file="types.csv")
    return str(caught.value)


def test_a_table_becomes_types_in_its_order() -> None:
    found = types_from_csv(f"{HEADER}\nweb-box,8,16384,200,1000,49.5,0.9\nplain,2,4096,,,,\n")

    assert list(found) == ["web-box", "plain"]
    assert found["web-box"] == ServerType(
        cores=8, ram_mib=16384, disk_gib=200, network_mbit=1000, price_month=49.5, speed=0.9
    )
    assert found["plain"] == ServerType(cores=2, ram_mib=4096)


def test_columns_stand_in_any_order_and_only_the_needed_ones_must_be_there() -> None:
    assert types_from_csv("ram_mib, name ,cores\n2048,tiny,1\n") == {"tiny": ServerType(cores=1, ram_mib=2048)}


def test_a_file_of_a_spreadsheet_is_read(tmp_path: Path) -> None:
    path = tmp_path / "types.csv"
    path.write_bytes(b'\xef\xbb\xbfname,cores,ram_mib\r\n"box",4,8192\r\n\r\n')

    assert read_types(path) == {"box": ServerType(cores=4, ram_mib=8192)}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "types.csv:1: the header has no column name; it is needed"),
        ("name,cores\n", "types.csv:1: the header has no column ram_mib; it is needed"),
        ("name,cores,ram_mib,colour\n", "types.csv:1: no column is called 'colour'; there are name, cores"),
        ("name,cores,cores,ram_mib\n", "types.csv:1: the column cores stands in the header twice"),
        ("name,cores,ram_mib\n", "types.csv: this table names no server type"),
        ("name,cores,ram_mib\nbox,4\n", "types.csv:2: this row has 2 cells and the header names 3 columns"),
        ("name,cores,ram_mib\nbox,,8192\n", "types.csv:2, cores: cores is left out; it is needed"),
        ("name,cores,ram_mib\nbox,four,8192\n", "types.csv:2, cores: this should be a number"),
        ("name,cores,ram_mib\nbox,nan,8192\n", "types.csv:2, cores: this should be a number"),
        ("name,cores,ram_mib\nbox,1e999,8192\n", "types.csv:2, cores: this should be a number"),
        ("name,cores,ram_mib\nbox,0,8192\n", "types.csv:2, cores: this should be greater than or equal to 1"),
        ("name,cores,ram_mib\nbox,4.5,8192\n", "types.csv:2, cores: this should be a valid integer"),
        ("name,cores,ram_mib,speed\nbox,4,8192,-1\n", "types.csv:2, speed: this should be greater than 0"),
        ("name,cores,ram_mib\n9box,4,8192\n", "types.csv:2, name: use letters, digits, dots"),
        ("name,cores,ram_mib\n<b>,4,8192\n", "types.csv:2, name: use letters, digits, dots"),
        ("name,cores,ram_mib\nbox,4,8192\nbox,4,8192\n", "types.csv:3, name: the type box stands in this table twice"),
        ('name,cores,ram_mib\n"box,4,8192\n', "types.csv:2: this is no CSV table"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(content: str, says: str) -> None:
    assert refusal(content).startswith(says)


def test_a_file_that_is_no_text_or_not_there_is_refused(tmp_path: Path) -> None:
    binary = tmp_path / "types.csv"
    binary.write_bytes(b"name,cores\n\xff\xfe")

    with pytest.raises(TierwrightError, match="not text in UTF-8"):
        read_types(binary)
    with pytest.raises(TierwrightError, match="cannot be read"):
        read_types(tmp_path / "none.csv")


def test_a_table_without_end_is_refused() -> None:
    content = "name,cores,ram_mib\n" + "".join(f"box{number},1,1024\n" for number in range(5001))

    assert "more than 5,000 rows" in refusal(content)
