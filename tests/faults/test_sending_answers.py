"""What a platform's answer may be like: none, broken, endless, or from somebody else. Over every door."""

from __future__ import annotations

import asyncio
import datetime
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.egress.offices import KINDS, Office, open_office

DOORS = sorted(KINDS)
API_URL = {
    "telegram": "TELEGRAM_API_URL",
    "twilio_sms": "TWILIO_API_URL",
    "twilio_whatsapp": "TWILIO_API_URL",
    "whatsapp_cloud": "WHATSAPP_API_URL",
}
PASSING = "select status, error like 'could not connect%' from outbox"


@pytest.fixture(params=DOORS)
async def office(request: pytest.FixtureRequest, database_url: str) -> AsyncIterator[Office]:
    async with open_office(request.param, database_url) as opened:
        yield opened


@pytest.mark.parametrize("door", DOORS)
async def test_fault_17_an_accepted_send_whose_answer_is_dropped(door: str, database_url: str) -> None:
    """Telegram has no echo and cannot be asked: each is sent once more, and no more often (docs/adr/0010).

    Of its answers four are dropped: the fifth in a row would open the breaker, which no echo closes.
    """
    count, dropped = 100, 4 if door == "telegram" else 100
    async with open_office(door, database_url) as office:
        for number in range(count):
            await office.say(number, f"answer {number}")
        office.fake.faults.add("drop_after_accept", times=dropped)
        began = time.monotonic()
        async with office.sending(echo_wait_s=0.5 if door == "telegram" else 30):
            await office.until_done(count, timeout_s=90)
        lost = {f"answer {number}" for number in range(count)} - set(office.bodies())
        print(
            f"17 {door}: {count} sent, {dropped} answers dropped, lost {len(lost)}, "
            f"doubles {office.doubles()}, {time.monotonic() - began:.1f} s"
        )
        assert not lost
        assert office.doubles() == (dropped if door == "telegram" else 0)


@pytest.mark.parametrize("fault", ["html", "empty", "huge"])
async def test_fault_25_an_answer_that_is_none(office: Office, fault: str) -> None:
    for number in range(5):
        await office.say(number, f"answer {number}")
    office.fake.faults.add(fault, times=5)
    async with office.sending(echo_wait_s=0.5 if office.kind.key == "telegram" else 30):
        await office.until_done(5)
    doubles = 5 if office.kind.key == "telegram" else 0
    print(f"25 {office.kind.key} {fault}: 5 sent, doubles {office.doubles()}")
    assert (len(set(office.bodies())), office.doubles()) == (5, doubles)


async def test_fault_25_a_success_that_is_an_error_inside(office: Office) -> None:
    """HTTP 200 with an error in it is believed to be neither."""
    await office.say(1, "one")
    unread = {
        "telegram": b'{"ok":false,"error_code":500,"description":"Internal Server Error"}',
        "whatsapp_cloud": b'{"error":{"code":131000,"message":"Something went wrong"}}',
    }.get(office.kind.key, b'{"code":20500,"message":"Internal Server Error","status":500}')
    async with Answers(unread) as broken, door_at(office, broken.url), office.sending(echo_wait_s=0.3):
        await office.see(
            "select status in ('queued', 'unknown'), attempts > 0, length(error) < 200 from outbox",
            (True, True, True),
        )
        print(f"25 {office.kind.key} error in 200: {await office.rows('select status, error from outbox')}")
        assert await office.rows("select 1 from outbox where status in ('sent', 'failed')") == []


async def test_fault_24_a_name_that_does_not_resolve(office: Office) -> None:
    await office.say(1, "one")
    async with door_at(office, "https://platform.invalid"), office.sending():
        await office.see(PASSING, ("queued", True))
    async with office.sending():
        await office.until_done(1)
    assert office.bodies() == ["one"]


async def test_fault_24_an_expired_certificate(office: Office, tmp_path: Path) -> None:
    await office.say(1, "one")
    async with (
        Answers(b"{}", tls=expired(tmp_path)) as imposter,
        door_at(office, imposter.url),
        office.sending(),
    ):
        await office.see(PASSING, ("queued", True))
    assert imposter.asked == 0
    async with office.sending():
        await office.until_done(1)
    assert office.bodies() == ["one"]


@pytest.mark.slow
async def test_fault_24_silence_and_one_byte_a_second(database_url: str) -> None:
    """All doors at once, with their real limits: whoever is silent is given up after 15 s, 20 s in all."""
    began = time.monotonic()
    async with AsyncExitStack() as stack:
        offices = [await stack.enter_async_context(open_office(door, database_url)) for door in DOORS]
        silent = [await stack.enter_async_context(Answers(None)) for _ in offices]
        for office in offices:
            office.fake.faults.add("trickle", seconds=1)
            await office.say(1, "by the byte")
            await stack.enter_async_context(office.sending())
        for office in offices:
            await office.fake.wait_for(1)
        for office, nobody in zip(offices, silent, strict=True):
            swapped = await stack.enter_async_context(door_at(office, nobody.url))
            assert swapped is not None
            await office.say(2, "into silence")
        for nobody in silent:
            await nobody.heard.wait()
        for office in offices:
            await office.see(
                f"select count(*) from outbox o join addresses a on a.id = o.address_id "
                f"where connector = '{office.kind.key}' and status = 'sending'",
                (0,),
                timeout_s=40,
            )
        ended = time.monotonic() - began
        print(f"24 silence and trickle, {len(DOORS)} doors: every send had an end after {ended:.1f} s")
    for office in offices:
        assert office.bodies()[0] == "by the byte"
    assert ended < 35


class Answers:
    """A server that says one thing to everybody, or nothing at all (None), over TLS or without."""

    def __init__(self, body: bytes | None, *, tls: ssl.SSLContext | None = None) -> None:
        self._body, self._tls = body, tls
        self.asked = 0
        self.heard = asyncio.Event()
        self.url = ""

    async def __aenter__(self) -> Answers:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"http{'s' if self._tls else ''}://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self._server.close_clients()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65536)
        self.asked += 1
        self.heard.set()
        if self._body is None:
            await reader.read()
        else:
            head = (
                f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(self._body)}\r\n"
            )
            writer.write(f"{head}connection: close\r\n\r\n".encode() + self._body)
            await writer.drain()
        writer.close()


class door_at:
    """The office's door leads elsewhere for as long as this is open."""

    def __init__(self, office: Office, url: str) -> None:
        self._office, self._url = office, url

    async def __aenter__(self) -> Office:
        kind = self._office.kind
        env = {
            **kind.env(self._office.fake),
            API_URL[kind.key]: self._url,
        }
        self._right = self._office.door
        door = kind.build(env)
        assert door is not None
        self._office.connectors[self._office.name] = self._wrong = door
        return self._office

    async def __aexit__(self, *_: object) -> None:
        self._office.connectors[self._office.name] = self._right
        await self._wrong.close()


def expired(folder: Path) -> ssl.SSLContext:
    """A server's side of TLS whose certificate ended yesterday."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - datetime.timedelta(days=9))
        .not_valid_after(today - datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = folder / "expired.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context
