// Raw frames against a server: for each case what came back, and the close frame or that the socket still lives.
// Arguments: the address, and the cases as JSON: {name: {hello, subprotocol, frames}}; a frame {hex} is sent as binary, and
// {text, times} as that text so many times.
import { WebSocket } from 'ws';

const [url, cases] = [process.argv[2], JSON.parse(process.argv[3])];
const ALIVE = JSON.stringify({ type: 'ping', payload: { still: 'here' } });

function outcome({ hello = true, subprotocol = 'graphql-transport-ws', frames }) {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, subprotocol ?? undefined);
    const messages = [];
    const send = () => {
      for (const frame of frames) {
        if (typeof frame === 'string') socket.send(frame);
        else if (frame.text) socket.send(frame.text.repeat(frame.times));
        else socket.send(Buffer.from(frame.hex, 'hex'), { binary: true });
      }
      socket.send(ALIVE);
    };
    socket.on('open', () => (hello ? socket.send('{"type":"connection_init"}') : send()));
    socket.on('message', (data) => {
      const message = JSON.parse(data);
      if (hello && message.type === 'connection_ack' && !messages.length) send();
      messages.push(message);
      if (message.payload?.still) {
        resolve({ messages: messages.slice(hello ? 1 : 0, -1) });
        socket.terminate();
      }
    });
    socket.on('close', (code, reason) => resolve({ code, bytes: reason.length, reason: reason.toString() }));
    socket.on('error', (error) => resolve({ error: error.message }));
  });
}

const outcomes = {};
for (const [name, each] of Object.entries(cases)) outcomes[name] = await outcome(each);
console.log(JSON.stringify(outcomes));
