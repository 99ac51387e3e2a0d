"""The python3-aiohttp server: prints its address once it listens.

/ echoes, every other path is refused (404). Of the subprotocols it knows echo;
permessage-deflate is on.
"""

import asyncio

from aiohttp import WSMsgType, web


async def handle(request):
    ws = web.WebSocketResponse(protocols=["echo"], max_msg_size=2**25)
    await ws.prepare(request)
    async for message in ws:
        if message.type == WSMsgType.TEXT:
            await ws.send_str(message.data)
        elif message.type == WSMsgType.BINARY:
            await ws.send_bytes(message.data)
    return ws


async def main():
    app = web.Application()
    app.router.add_get("/", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
    await site.start()
    print("ws://127.0.0.1:%d" % runner.addresses[0][1], flush=True)
    await asyncio.Future()


asyncio.run(main())
