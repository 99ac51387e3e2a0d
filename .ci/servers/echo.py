"""The python3-websockets server: prints its address once it listens.

/ echoes, /greet speaks first, /private wants user:secret, every other path
is refused (404). Of the subprotocols it knows echo; permessage-deflate is on.
"""

import asyncio
import http

import websockets

PRIVATE = "Basic dXNlcjpzZWNyZXQ="  # user:secret


async def handle(ws, path):
    if path == "/greet":
        await ws.send("welcome")
    async for message in ws:
        await ws.send(message)


async def judge(path, headers):
    if path == "/private" and headers.get("Authorization") != PRIVATE:
        return http.HTTPStatus.UNAUTHORIZED, [("WWW-Authenticate", "Basic")], b"who are you?\n"
    if path not in ("/", "/greet", "/private"):
        return http.HTTPStatus.NOT_FOUND, [], b"no such path\n"


async def main():
    async with websockets.serve(
        handle, "127.0.0.1", 0, max_size=2**25, process_request=judge, subprotocols=["echo"], backlog=1024
    ) as server:
        print("ws://127.0.0.1:%d" % server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()


asyncio.run(main())
