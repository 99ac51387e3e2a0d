// The npm ws server, plain and over TLS: node ws.mjs KEY.pem CERT.pem
// It prints the ws and the wss address, one a line, once both listen.
//
// / echoes, /greet speaks first, every other path is refused (400).
// Of the subprotocols it knows echo. It declines server_max_window_bits, so
// that a client has to fall back to its next offer of permessage-deflate.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { once } from 'node:events';
import { WebSocketServer } from 'ws';

const [key, cert] = process.argv.slice(2).map((file) => readFileSync(file));

async function serve(scheme, server) {
  const wss = new WebSocketServer({
    server,
    perMessageDeflate: { serverMaxWindowBits: false },
    handleProtocols: (offered) => offered.has('echo') && 'echo',
  });
  wss.shouldHandle = (request) => ['/', '/greet'].includes(request.url);
  wss.on('connection', (socket, request) => {
    if (request.url === '/greet') socket.send('welcome');
    socket.on('message', (data, binary) => socket.send(data, { binary }));
    socket.on('error', () => socket.terminate());
  });
  server.listen(0, '127.0.0.1', 1024);
  await once(server, 'listening');
  return `${scheme}://127.0.0.1:${server.address().port}`;
}

const plain = http.createServer((request, response) => response.writeHead(426).end('Upgrade Required'));
console.log(await serve('ws', plain) + '\n' + await serve('wss', https.createServer({ key, cert })));
