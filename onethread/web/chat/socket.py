"""The web chat socket: frames in through the ingress, the thread out from the database."""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

import orjson
import structlog
from sanic.exceptions import SanicException
from sqlalchemy.exc import SQLAlchemyError
from websockets.exceptions import ConnectionClosed

from onethread.ingress.accept import accept
from onethread.storage import webchat
from onethread.storage.addresses import set_language
from onethread.web.limits import Bucket

from .feed import Watch
from .frames import Frame, FrameRefused, Hello, Ping, Said, Seen, Spoken, Typing, read_frame
from .room import Room
from .teller import Teller

log = structlog.get_logger()

NO_SESSION = 4401
HELLO_LATE = 4408
TOO_MANY = 4429
POLICY = 1008
SLOW = 1013

_OUTBOUND_MAX = 256
_HELLO_S = 10.0
_STUCK_S = 30.0
_RECHECK_S = 60.0
_BAD_FRAMES_MAX = 10
_RETRY_AFTER_S = 2


class Wire(Protocol):
    """The part of a websocket that is used here."""

    async def recv(self, timeout: float | None = None) -> str | bytes | None: ...
    async def send(self, message: str) -> None: ...
    async def close(self, code: int = 1000, reason: str = "") -> None: ...
    def fail_connection(self, code: int = 1006, reason: str = "") -> bool: ...


class Closing(Exception):
    """This socket is to be closed with `code`."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


async def serve(room: Room, wire: Wire, cookie: str | None) -> None:
    """Runs one socket until it ends. `cookie` is the token the handshake carried, if any."""
    room.metrics.sockets.inc()
    address_key = ""
    try:
        hello = await _hello(wire)
        token = hello.token or cookie
        found = await room.sessions.find(token)
        if token is None or found is None:
            raise Closing(NO_SESSION, "no session")
        if not room.enter(found):
            raise Closing(TOO_MANY, "too many tabs")
        address_key = found
        with room.feed.watch(address_key) as watch:
            socket = ChatSocket(room, wire, token=token, address_key=address_key, hello=hello, watch=watch)
            await socket.run()
    except Closing as closing:
        await _close(wire, closing)
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        log.warning("web.chat.unavailable", error=type(error).__name__)
        await _close(wire, Closing(SLOW, "try again later"))
    finally:
        room.metrics.sockets.dec()
        if address_key:
            room.leave(address_key)


async def _hello(wire: Wire) -> Hello:
    data = await wire.recv(_HELLO_S)
    if data is None:
        raise Closing(HELLO_LATE, "no hello")
    try:
        frame = read_frame(data)
    except FrameRefused as refused:
        raise Closing(POLICY, refused.reason) from None
    if not isinstance(frame, Hello):
        raise Closing(POLICY, "hello first")
    return frame


async def _close(wire: Wire, closing: Closing) -> None:
    try:
        async with asyncio.timeout(5):
            await wire.close(closing.code, closing.reason)
    except TimeoutError:
        wire.fail_connection(closing.code, closing.reason)


class ChatSocket:
    """One open tab: a reader, a writer and a teller that live and end together."""

    def __init__(
        self, room: Room, wire: Wire, *, token: str, address_key: str, hello: Hello, watch: Watch
    ) -> None:
        self._room = room
        self._wire = wire
        self._token = token
        self._address_key = address_key
        self._watch = watch
        self._language = hello.language
        self._out: asyncio.Queue[dict[str, Any]] = asyncio.Queue(_OUTBOUND_MAX)
        self._teller = Teller(
            room.house.engines.web,
            account=room.connector.account,
            address_key=address_key,
            thread=hello.thread,
            last_seq=hello.last_seq,
        )
        now = room.clock()
        self._frames = Bucket(10.0, 60.0, now)
        self._typing = Bucket(0.5, 2.0, now)
        self._bad_frames = 0
        self._allowance = room.allowance(address_key)

    async def run(self) -> None:
        """Until the browser goes, or a rule is broken.

        Raises:
            Closing: the server ends it.
        """
        self._push({"type": "ready"})
        self._watch.wake()
        tasks = {
            asyncio.create_task(part) for part in (self._read(), self._write(), self._tell(), self._recheck())
        }
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        # What the server decided comes before what only followed from it.
        for result in sorted(results, key=lambda r: not isinstance(r, Closing)):
            if isinstance(result, Exception) and not _is_gone(result):
                raise result

    def _push(self, frame: dict[str, Any]) -> None:
        try:
            self._out.put_nowait(frame)
        except asyncio.QueueFull:
            raise Closing(SLOW, "reads too slowly") from None

    async def _write(self) -> None:
        while True:
            frame = await self._out.get()
            try:
                async with asyncio.timeout(_STUCK_S):
                    await self._wire.send(orjson.dumps(frame).decode())
            except TimeoutError:
                raise Closing(SLOW, "reads too slowly") from None

    async def _tell(self) -> None:
        while True:
            if await self._watch.wait():
                self._push({"type": "typing"})
            more = True
            while more:
                try:
                    news = await self._teller.news()
                except (SQLAlchemyError, OSError, TimeoutError):
                    # The poll wakes us again; the page keeps what it has.
                    await asyncio.sleep(1.0)
                    self._watch.wake()
                    break
                more = news.more
                for frame in news.frames:
                    # The database is the queue: wait for a slow reader instead of buffering for it.
                    await self._out.put(frame)

    async def _recheck(self) -> None:
        while True:
            await asyncio.sleep(_RECHECK_S)
            try:
                found = await self._room.sessions.find(self._token)
            except (SQLAlchemyError, OSError, TimeoutError):
                continue
            if found != self._address_key:
                raise Closing(NO_SESSION, "session over")

    async def _read(self) -> None:
        while True:
            data = await self._wire.recv()
            if data is None:
                return
            if not self._frames.take(self._room.clock()):
                raise Closing(TOO_MANY, "too many frames")
            try:
                await self._take(read_frame(data))
            except FrameRefused as refused:
                self._refuse(refused.frame_id, refused.reason)
                self._bad_frames += 1
                if self._bad_frames > _BAD_FRAMES_MAX:
                    raise Closing(POLICY, "bad frames") from None

    async def _take(self, frame: Frame) -> None:
        match frame:
            case Said():
                await self._accept(frame)
            case Seen():
                await self._report(frame)
            case Spoken():
                await self._choose(frame.language)
            case Typing():
                customer_id = self._teller.customer_id
                if customer_id is not None and self._typing.take(self._room.clock()):
                    self._room.house.fanout.typing(customer_id)
            case Ping():
                self._push({"type": "pong"})
            case Hello():
                raise FrameRefused("already_greeted")

    async def _accept(self, said: Said) -> None:
        if not self._allowance.take(self._room.clock()):
            self._refuse(said.id, "rate", retry_after=_RETRY_AFTER_S)
            return
        value: dict[str, Any] = {"tap": said.value} if said.kind == "tap" else {"text": said.value}
        if said.kind == "media":
            value["files"] = await self._uploaded(said)
        if await self._walk_in({"type": said.kind, "id": said.id, "language": self._language, **value}):
            self._room.metrics.frames.labels("accepted").inc()
            self._push({"type": "ack", "id": said.id})
            await self._room.connector.wake(self._address_key)
        else:
            self._refuse(said.id, "busy", retry_after=_RETRY_AFTER_S)

    async def _uploaded(self, said: Said) -> list[dict[str, str]]:
        """The files of a message, every one of them this session's own."""
        async with self._room.house.engines.web.connect() as conn:
            found = await webchat.read_uploads(
                conn, account=self._room.connector.account, address_key=self._address_key, ids=said.files
            )
        if len(found) != len(said.files):
            raise FrameRefused("no_files", said.id)
        return [
            {"id": str(id_), "content_type": found[id_].content_type, "file_name": found[id_].name}
            for id_ in said.files
        ]

    async def _choose(self, language: str) -> None:
        """The menu is a wish as words are; before the first message it is a hint that goes along with it."""
        self._language = language
        customer_id = self._teller.customer_id
        if customer_id is None:
            return
        try:
            async with self._room.house.engines.web.begin() as conn:
                await set_language(conn, customer_id, language, asked=True)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            log.warning("web.chat.language_not_kept", error=type(error).__name__)

    async def _report(self, seen: Seen) -> None:
        oids = self._teller.seen(seen.kind, seen.seq)
        if oids:
            await self._walk_in({"type": seen.kind, "oids": oids})

    async def _walk_in(self, frame: dict[str, Any]) -> bool:
        """The same door as every platform's webhook; True after the commit."""
        request = self._room.connector.request(self._address_key, orjson.dumps(frame))
        house = self._room.house
        try:
            await accept(house.engines.web, house.vault, self._room.connector, request)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            log.error("web.chat.not_accepted", error=type(error).__name__)
            return False
        return True

    def _refuse(self, frame_id: str | None, reason: str, retry_after: int | None = None) -> None:
        self._room.metrics.frames.labels("refused").inc()
        self._push({"type": "refused", "id": frame_id, "reason": reason, "retry_after": retry_after})


def _is_gone(error: Exception) -> bool:
    """Whether this only says that the browser went away."""
    return isinstance(error, (ConnectionClosed, ConnectionError, SanicException))
