"""The python3-tornado server: prints its address once it listens.

/ echoes, every other path is refused (404). Of the subprotocols it knows echo;
permessage-deflate is on.
"""

import asyncio

from tornado import httpserver, netutil, web, websocket


class Echo(websocket.WebSocketHandler):
    def check_origin(self, origin):
        return True

    def select_subprotocol(self, offered):
        return "echo" if "echo" in offered else None

    def get_compression_options(self):
        return {}

    def on_message(self, message):
        self.write_message(message, binary=isinstance(message, bytes))


async def main():
    app = web.Application([("/", Echo)], websocket_max_message_size=2**25)
    sockets = netutil.bind_sockets(0, "127.0.0.1", backlog=1024)
    httpserver.HTTPServer(app).add_sockets(sockets)
    print("ws://127.0.0.1:%d" % sockets[0].getsockname()[1], flush=True)
    await asyncio.Future()


asyncio.run(main())
