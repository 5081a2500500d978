"""Which network addresses are the public internet: a pure table, stricter than `ipaddress`.

From IANA's special-purpose registries (read November 2026). Python's own `is_global` changed
between patch releases and lets 6to4 and multicast through, so the table is ours.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

NOT_PUBLIC_4 = tuple(
    ip_network(block)
    for block in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT; some clouds keep their metadata here
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's wire server: a public number that is anything but
        "169.254.0.0/16",  # link-local, and the metadata of most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
PUBLIC_6 = ip_network("2000::/3")
NOT_PUBLIC_6 = tuple(
    ip_network(block)
    for block in (
        "2001::/23",  # Teredo, ORCHID, benchmarks: tunnels and experiments
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address in disguise
        "2620:4f:8000::/48",
        "3fff::/20",  # documentation
    )
)
PRIVATE = tuple(
    ip_network(block)
    for block in (
        "10.0.0.0/8",
        "127.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1/128",
        "fc00::/7",
    )
)

Address = IPv4Address | IPv6Address


def is_public(address: str) -> bool:
    """Global unicast, and no other address wrapped inside (mapped, NAT64, 6to4, Teredo)."""
    match _parsed(address):
        case IPv4Address() as four:
            return not any(four in block for block in NOT_PUBLIC_4)
        case IPv6Address() as six:
            # 2000::/3 leaves out ::1, ::ffff:0:0/96, 64:ff9b::/96, fc00::/7, fe80::/10, ff00::/8
            return six in PUBLIC_6 and not any(six in block for block in NOT_PUBLIC_6)
        case None:
            return False


def is_private(address: str) -> bool:
    """Our own machine or local network: what a development installation may allow."""
    parsed = _parsed(address)
    return parsed is not None and any(parsed in block for block in PRIVATE)


def _parsed(address: str) -> Address | None:
    try:
        return ip_address(address)
    except ValueError:
        return None
