"""What bench computes, without the machine."""

from __future__ import annotations

import asyncio
import os
import threading

import pytest

from bench import __main__ as command
from bench.growth import beside
from bench.lines import Line, as_json
from bench.load import press, quantile
from bench.press import requests
from bench.progress import bar
from bench.table import as_table
from bench.weight import family, pss


def test_a_quantile_is_a_value_that_was_measured() -> None:
    times = [n / 100 for n in range(100)]

    assert quantile(times, 0.5) == 0.5
    assert quantile(times, 0.99) == 0.99
    assert quantile([7.0], 0.99) == 7.0


def test_growth_is_told_over_the_smallest_size() -> None:
    small, large = beside({10_000: 0.002, 1_000_000: 0.003}, "queue page")

    assert (small.ratio, small.against) == (None, "")
    assert large == Line(
        "queue page, 1,000,000 messages", 3.0, "ms", "queue page, 10,000 messages", 1.5
    )


def test_lines_are_written_as_a_table_and_as_json() -> None:
    line = Line("fully processed", 2000.0, "messages/s", "grouped inserts", 0.4)

    assert "| fully processed | 2,000.00 | messages/s | 0.40 | grouped inserts |" in as_table(
        [line]
    )
    assert '"ratio": 0.4' in as_json([line])


@pytest.mark.parametrize(
    ("name", "value", "ratio", "judged"),
    [
        ("memory at rest", 301, None, "**≤ 300: missed**"),
        ("memory at rest", 300, None, "≤ 300"),
        ("fully processed", 1, 0.29, "**ratio ≥ 0.3: missed**"),
        ("queue page, 1,000,000 messages", 9, 1.51, "**ratio ≤ 1.5: missed**"),
        ("webhook sent to desk, a third of that (61 a second): p99", 80, None, "≤ 80"),
        ("send, all at once", 80, None, ""),
    ],
)
def test_a_missed_bar_is_said(name: str, value: float, ratio: float | None, judged: str) -> None:
    line = Line(name, value, "", "queue page, 10,000 messages" if ratio else "", ratio)

    assert as_table([line]).endswith(f"| {judged} |")


def test_a_bar_shows_how_far_a_part_has_come() -> None:
    assert bar("live", 0.5, 12.3) == f"{'live':<28} [{'#' * 15}{'.' * 15}]  50%   12.3 s"


def test_an_unknown_part_is_refused() -> None:
    with pytest.raises(SystemExit):
        command.main(["nonsense"])


def test_sizes_are_read_as_numbers() -> None:
    assert command.options().parse_args(["growth", "--sizes", "10,20"]).sizes == (10, 20)


def test_a_call_to_any_address_carries_its_own_number() -> None:
    first, second = requests("http://x:1/a?b=1", '{"id": {n}}', ["x-key: k{n}"], many=2)

    assert first.startswith(b"POST /a?b=1 HTTP/1.1\r\nhost: x:1\r\nx-key: k0\r\n")
    assert second.endswith(b'\r\n\r\n{"id": 1}')


def test_the_weight_of_a_family_is_at_least_that_of_its_head() -> None:
    assert os.getpid() in family(os.getpid())
    assert pss(os.getpid()) > 1024


def test_the_load_counts_what_is_refused_and_who_was_not_told_when_to_come_again() -> None:
    answers = [b"200 OK", b"503 No\r\nretry-after: 2", b"503 No", b"200 OK"]
    port = _server(answers)

    load = press(port, [b"POST / HTTP/1.1\r\ncontent-length: 0\r\n\r\n"] * 4, connections=1)

    assert (load.thanked, load.refused, load.unasked) == (2, 2, 1)
    assert load.statuses == {"200": 2, "503": 2}
    assert len(load.times) == 4


def _server(answers: list[bytes]) -> int:
    """Answers each call with the next of these, then ends."""
    ready, ports = threading.Event(), []
    done = asyncio.Event()

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 " + answer + b"\r\ncontent-length: 2\r\n\r\nok")
        await reader.read()
        writer.close()
        await writer.wait_closed()
        done.set()

    async def serve() -> None:
        server = await asyncio.start_server(one, "127.0.0.1", 0)
        ports.append(server.sockets[0].getsockname()[1])
        ready.set()
        async with server, asyncio.timeout(10):
            await done.wait()

    serving = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    serving.start()
    assert ready.wait(5)
    return int(ports[0])
