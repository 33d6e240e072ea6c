"""The demo's trains: route with distance and times after the real timetables, and the coaches in running order.

A stop is "CODE km arrival departure"; times are local and the date moves on whenever the clock goes back. The first
stop has only a departure, the last only an arrival.
"""

from dataclasses import dataclass
from itertools import count

_MINUTES_A_DAY = 24 * 60

# number, name, coaches, stops
_TRAINS = [
    (
        "12951",
        "Mumbai Rajdhani",
        "G1 H1 A1 A2 A3 B1 B2 B3 B4 B5 B6 G2",
        """
        MMCT 0 17:00 / BVI 30 17:22 17:24 / ST 263 19:43 19:48 / BRC 392 21:06 21:16 / RTM 653 00:25 00:28
        KOTA 919 03:15 03:20 / NDLS 1384 08:32""",
    ),
    (
        "12952",
        "New Delhi Rajdhani",
        "G1 H1 A1 A2 A3 B1 B2 B3 B4 B5 B6 G2",
        """
        NDLS 0 16:55 / KOTA 465 21:30 21:40 / RTM 731 00:22 00:25 / BRC 992 03:22 03:32 / ST 1121 05:03 05:08
        BVI 1354 07:41 07:43 / MMCT 1384 08:35""",
    ),
    (
        "12301",
        "Howrah Rajdhani",
        "G1 H1 A1 A2 A3 A4 B1 B2 B3 B4 B5 B6 B7 G2",
        """
        HWH 0 16:50 / ASN 200 18:57 18:59 / DHN 259 19:55 20:00 / PNME 306 20:31 20:33 / GAYA 458 22:31 22:34
        DDU 663 00:45 00:55 / PRYJ 816 02:43 02:45 / CNB 1010 04:50 04:55 / NDLS 1451 10:05""",
    ),
    (
        "12621",
        "Tamil Nadu Express",
        "G1 A1 A2 B1 B2 B3 B4 B5 G2 G3",
        """
        MAS 0 22:00 / NLR 176 00:18 00:20 / BZA 431 04:10 04:20 / WGL 639 07:03 07:05 / BPQ 882 11:05 11:10
        NGP 1093 14:15 14:20 / ET 1391 18:55 19:00 / BPL 1483 20:30 20:40 / VGLJ 1774 00:12 00:20
        GWL 1871 01:28 01:30 / AGC 1989 03:10 03:15 / NDLS 2184 06:35""",
    ),
    (
        "12627",
        "Karnataka Express",
        "G1 H1 A1 A2 B1 B2 B3 B4 B5 B6 G2 G3",
        """
        SBC 0 19:20 / YPR 6 19:33 19:35 / GTL 294 00:20 00:25 / RC 415 02:13 02:15 / WADI 523 04:00 04:05
        KLBG 560 04:38 04:40 / SUR 673 06:25 06:30 / KWV 752 07:33 07:35 / ANG 939 10:12 10:15 / MMR 1093 13:10 13:15
        JL 1252 15:23 15:25 / BSL 1277 16:00 16:05 / KNW 1400 17:58 18:00 / ET 1584 20:50 20:55 / BPL 1676 22:30 22:35
        VGLJ 1967 02:20 02:28 / GWL 2064 03:41 03:43 / AGC 2182 05:25 05:30 / MTJ 2236 06:23 06:25
        NDLS 2377 09:00""",
    ),
    (
        "16022",
        "Kaveri Express",
        "G1 A1 B1 B2 B3 G2",
        """
        MYS 0 20:30 / MYA 45 21:10 21:12 / SBC 138 23:15 23:25 / BWT 209 00:48 00:50 / JTJ 283 02:28 02:30
        KPD 367 03:43 03:45 / MAS 497 06:40""",
    ),
    (
        "16345",
        "Netravati Express",
        "G1 A1 A2 B1 B2 B3 B4 B5 B6 G2 G3",
        """
        LTT 0 11:40 / TNA 18 12:03 12:05 / PNVL 52 12:50 12:55 / CHI 265 16:22 16:24 / RN 372 18:05 18:10
        KUDL 529 20:42 20:44 / THVM 580 21:32 21:34 / MAO 627 22:40 22:50 / UD 866 02:58 03:00 / MAJN 938 04:50 05:00
        CLT 1159 08:32 08:37 / SRR 1245 10:25 10:30 / TCR 1278 11:18 11:20 / ERS 1352 13:10 13:15 / QLN 1509 16:27 16:30
        TVC 1574 18:05""",
    ),
    (
        "12841",
        "Coromandel Express",
        "G1 H1 A1 A2 B1 B2 B3 B4 B5 B6 B7 B8 B9 G2 G3 G4",
        """
        HWH 0 15:20 / KGP 115 17:00 17:05 / BLS 231 18:32 18:34 / CTC 409 21:00 21:05 / BBS 437 21:40 21:45
        BAM 604 00:03 00:05 / VSKP 880 04:25 04:45 / RJY 1081 07:33 07:35 / BZA 1231 10:10 10:20 / NLR 1486 13:53 13:55
        MAS 1662 16:50""",
    ),
    (
        "12957",
        "Swarna Jayanti Rajdhani",
        "H1 A1 A2 B1 B2 B3 B4 G1",
        """
        ADI 0 17:45 / PNU 141 19:38 19:40 / ABR 194 20:30 20:35 / MJ 360 22:38 22:40 / AII 500 00:40 00:45
        JP 635 02:25 02:35 / GGN 911 06:43 06:45 / NDLS 943 07:40""",
    ),
    (
        "12461",
        "Mandore Express",
        "G1 H1 A1 B1 B2 B3 B4 G2",
        """
        JU 0 20:00 / MTD 104 21:25 21:30 / DNA 149 22:05 22:07 / JP 310 00:25 00:35 / BKI 400 01:45 01:47
        AWR 461 02:45 02:48 / RE 535 03:55 03:57 / GGN 586 04:52 04:54 / DEC 604 05:20 05:22 / DLI 618 06:25""",
    ),
    (
        "12423",
        "Dibrugarh Rajdhani",
        "G1 H1 A1 A2 A3 B1 B2 B3 B4 B5 B6 B7 G2",
        """
        DBRG 0 20:55 / NTSK 47 21:40 21:50 / MXN 203 00:18 00:20 / DMV 302 02:20 02:25 / LMG 370 03:55 04:00
        GHY 551 07:00 07:15 / NBQ 707 09:48 09:50 / NCB 834 11:38 11:40 / NJP 960 13:45 13:55 / KIR 1150 17:10 17:20
        PNBE 1448 22:15 22:25 / DDU 1660 01:25 01:35 / PRYJ 1813 03:23 03:25 / CNB 2007 05:30 05:35
        NDLS 2447 10:30""",
    ),
    (
        "12903",
        "Golden Temple Mail",
        "G1 H1 A1 A2 B1 B2 B3 B4 B5 B6 G2 G3",
        """
        MMCT 0 18:45 / BVI 30 19:18 19:21 / ST 263 22:12 22:17 / BRC 392 23:58 00:08 / RTM 653 03:40 03:45
        KOTA 919 07:25 07:35 / SWM 1027 08:53 08:55 / BTE 1206 11:30 11:32 / MTJ 1240 12:20 12:25 / NZM 1374 14:35 14:37
        NDLS 1381 15:00 15:25 / UMB 1579 18:20 18:25 / LDH 1693 20:15 20:25 / JUC 1750 21:23 21:28
        BEAS 1786 22:00 22:02 / ASR 1829 22:55""",
    ),
]


@dataclass(frozen=True, slots=True)
class DemoStop:
    station: str
    distance_km: int
    arrival_minute: int
    departure_minute: int


@dataclass(frozen=True, slots=True)
class DemoTrain:
    number: str
    name: str
    coaches: tuple[str, ...]
    stops: tuple[DemoStop, ...]


def trains() -> list[DemoTrain]:
    return [
        DemoTrain(number, name, tuple(coaches.split()), tuple(_stops(route)))
        for number, name, coaches, route in _TRAINS
    ]


def _stops(route: str) -> list[DemoStop]:
    stops = []
    now = 0
    for call in route.replace("\n", "/").split("/"):
        if not call.strip():
            continue
        station, km, *times = call.split()
        arrival = now = _next(now, times[0])
        departure = now = _next(now, times[-1])
        stops.append(DemoStop(station, int(km), arrival, departure))
    return stops


def _next(after: int, clock: str) -> int:
    """The first minute from `after` on at which the clock shows this."""
    hours, minutes = clock.split(":")
    shown = int(hours) * 60 + int(minutes)
    return next(shown + day * _MINUTES_A_DAY for day in count() if shown + day * _MINUTES_A_DAY >= after)
