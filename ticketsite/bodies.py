"""How much may a client send as a request's body, and how long may that take?

A body is read whole before anything is done for its request. Who sends slowly costs a little memory then, not a place
among the few requests that are worked on.
"""

import asyncio

from .asgi_types import Receive


class BodyTooLarge(Exception):
    pass


class BodyTooSlow(Exception):
    pass


class ClientLeft(Exception):
    """Nobody waits for the answer any more."""


async def read_body(receive: Receive, *, limit_bytes: int, patience_s: float) -> bytes:
    """The whole body.

    Raises:
        BodyTooLarge, BodyTooSlow, ClientLeft
    """
    body = bytearray()
    try:
        async with asyncio.timeout(patience_s):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientLeft
                body += message.get("body", b"")
                if len(body) > limit_bytes:
                    raise BodyTooLarge
                if not message.get("more_body", False):
                    return bytes(body)
    except TimeoutError:
        raise BodyTooSlow from None


def replaying(body: bytes, receive: Receive) -> Receive:
    """What the application receives: the body in one piece, and after it whatever the client does, such as leave."""
    told = False

    async def receive_again() -> object:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again
