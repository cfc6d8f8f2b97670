"""Subscribes, cuts the connection without a word, comes back, and expects every record exactly once.

    TOKEN=<jwt> python resume.py ws://127.0.0.1:8080/telemetry TOPIC BEFORE AFTER

Takes BEFORE records from the start of TOPIC, resets the TCP connection, prints `away SEQ`, and waits for a line on its
input. Then it resumes from its position, takes what it missed and AFTER records more. The records of TOPIC must have
their own number as "n" in their data. The token travels in the header `Authorization`.
"""

import asyncio
import json
import os
import socket
import struct
import sys

import websockets
from websockets.asyncio.client import connect

PATIENCE_SECONDS = 60
CLIENT = f"websockets/{websockets.__version__}"


class Failed(Exception):
    """The server did not do what the protocol says."""


def check(holds, message):
    if not holds:
        raise Failed(message)


class Reader:
    """Remembers the position, and takes only what comes next."""

    def __init__(self, url, topic):
        self.url = url
        self.topic = topic
        self.epoch = ""
        self.seq = 0
        self.records = 0

    async def connect(self, since):
        """A connection that is subscribed, and the answer to its subscription."""
        ws = await connect(
            self.url,
            subprotocols=["telemetry.v1"],
            additional_headers={"Authorization": "Bearer " + os.environ["TOKEN"]},
            proxy=None,
        )
        check(ws.subprotocol == "telemetry.v1", f"the server chose the subprotocol {ws.subprotocol}")
        welcome = await expect(ws, "welcome")
        check(welcome["protocol"] == 1, f"the server speaks protocol {welcome['protocol']}")
        await ws.send(json.dumps({"type": "subscribe", "id": 1, "topic": self.topic, "since": since}))
        subscribed = await expect(ws, "subscribed")
        check(subscribed["id"] == 1, "the answer has another id")
        check(subscribed["recovered"], "the server says that records were lost")
        return ws, subscribed

    async def receive(self, ws, last):
        """Takes records until the position is reached; whatever is out of turn ends the run."""
        while self.seq < last:
            envelope = await receive_envelope(ws)
            if envelope["type"] == "heartbeat":
                continue
            check(envelope["type"] == "data", f"instead of a record came {envelope}")
            seq, n = envelope["seq"], envelope["data"]["n"]
            check(seq == self.seq + 1, f"record {seq} came after {self.seq}")
            check(n == seq, f"record {seq} has the data of {n}")
            self.seq = seq
            self.records += 1

    async def run(self, before, after):
        ws, subscribed = await self.connect("start")
        self.epoch, self.seq = subscribed["epoch"], subscribed["seq"]
        first = self.seq + 1
        await self.receive(ws, self.seq + before)

        await reset(ws)
        cut = self.seq
        print(f"away {cut}", flush=True)
        sys.stdin.readline()  # Nothing else is going on that this could hold up.

        ws, subscribed = await self.connect({"epoch": self.epoch, "seq": self.seq})
        resumed, head = (subscribed["epoch"], subscribed["seq"]), subscribed["head"]
        check(resumed == (self.epoch, cut), f"resumed at {resumed}, not at {(self.epoch, cut)}")
        await self.receive(ws, head + after)
        await ws.close()
        check(ws.close_code == 1000, f"the closing handshake ended with {ws.close_code}")
        return f"first={first} cut={cut} head={head} last={self.seq} records={self.records}"


async def receive_envelope(ws):
    frame = await ws.recv()
    check(isinstance(frame, str), "a binary frame came")
    return json.loads(frame)


async def expect(ws, kind):
    envelope = await receive_envelope(ws)
    check(envelope["type"] == kind, f"expected {kind}, got {envelope}")
    return envelope


async def reset(ws):
    """Ends the TCP connection with RST: neither a close frame nor an orderly end."""
    ws.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    ws.transport.abort()
    await ws.wait_closed()


def main():
    url, topic, before, after = sys.argv[1:]
    reader = Reader(url, topic)
    try:
        summary = asyncio.run(asyncio.wait_for(reader.run(int(before), int(after)), PATIENCE_SECONDS))
    except Exception as failure:
        print(f"FAILED {CLIENT} at {reader.seq}: {type(failure).__name__}: {failure}")
        return 1
    print(f"ok {CLIENT} {summary}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
