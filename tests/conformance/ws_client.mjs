// What people do with graphql-ws: one scene per run, played with the client of that package.
// Arguments: the address, the name of the scene, and what the scene needs, as JSON. A scene that must wait for the test
// waits until a card of the text it names is added to the board.
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

const [url, scene, given] = [process.argv[2], process.argv[3], JSON.parse(process.argv[4] ?? '{}')];
const CARDS = `subscription ($board: String!, $after: String) { cardChanges(board: $board, after: $after) { __typename
  ... on BoardSnapshot { cursor } ... on CardAdded { cursor card { text } } } }`;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const connect = (options = {}) => createClient({ url, webSocketImpl: WebSocket, ...options });

/** The answers of an operation, once it is complete. */
function answers(client, payload) {
  return new Promise((resolve, reject) => {
    const found = [];
    client.subscribe(payload, { next: (answer) => found.push(answer), error: reject, complete: () => resolve(found) });
  });
}

/** What the operation is refused with. */
const refusal = (client, payload) => answers(client, payload).then((found) => ({ found }), (error) => error);

/** Waits for a card on the board that carries the signals of the test. */
function signal(client, text) {
  return new Promise((resolve, reject) => {
    const leave = client.subscribe(
      { query: CARDS, variables: { board: 'main', after: '0' } },
      {
        next: ({ data }) => {
          if (data.cardChanges.card?.text !== text) return;
          leave();
          resolve();
        },
        error: reject,
        complete: () => {},
      },
    );
  });
}

const scenes = {
  async operations() {
    const client = connect();
    const hello = { query: 'query H($n: String) { hello(name: $n) }', variables: { n: 'you' } };
    const add = { query: 'mutation { addCard(input: {text: "x"}) { ... on AddCardPayload { card { number } } } }' };
    const watched = client.iterate({ query: CARDS, variables: { board: 'main' } });
    const snapshot = (await watched.next()).value;
    const result = {
      query: await answers(client, hello),
      mutation: await answers(client, add),
      snapshot,
      byId: await answers(client, { query: '', documentId: `sha256:${given.id}` }),
      byBareId: await answers(client, { query: '', documentId: given.id }),
      byApollo: await answers(client, { query: '', extensions: { persistedQuery: { version: 1, sha256Hash: given.id } } }),
      syntax: await refusal(client, { query: '{ hello' }),
      long: await refusal(client, { query: `{ ${'nothing'.repeat(100)} }` }),
      unknown: await refusal(client, { query: '', documentId: `sha256:${'0'.repeat(64)}` }),
      still: await answers(client, { query: '{ hello }' }),
    };
    await client.dispose();
    return result;
  },

  async unsubscribe() {
    const client = connect();
    const watched = client.iterate({ query: CARDS, variables: { board: 'other' } });
    await watched.next();
    await signal(client, 'leave');
    await watched.return();
    await signal(client, 'done');
    await client.dispose();
    return 'left';
  },

  async vanish() {
    const sockets = await Promise.all(
      Array.from({ length: 100 }, () => {
        const socket = new WebSocket(url, 'graphql-transport-ws');
        return new Promise((resolve) => {
          socket.on('open', () => socket.send('{"type":"connection_init"}'));
          socket.on('message', (data) => {
            const { type } = JSON.parse(data);
            if (type === 'next') resolve(socket);
            if (type !== 'connection_ack') return;
            const payload = { query: CARDS, variables: { board: 'other' } };
            socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
          });
        });
      }),
    );
    const client = connect();
    await signal(client, 'vanish');
    for (const socket of sockets) socket.terminate();
    await signal(client, 'done');
    await client.dispose();
    return sockets.length;
  },

  async comesAgain() {
    const tokens = [...given.tokens];
    const closes = [];
    const client = connect({
      connectionParams: () => ({ accessToken: tokens.shift() }),
      retryWait: () => sleep(10),
      on: { closed: ({ code, reason }) => closes.push([code, reason]) },
    });
    const mine = client.iterate({ query: 'subscription { myCards { __typename } }' });
    do await mine.next();
    while (!closes.length);
    await client.dispose();
    return closes.filter(([code]) => code !== 1000);
  },

  // How an application honours the hint of a server that leaves; README shows the same.
  async hint() {
    const waited = [];
    let hintMs;
    const client = connect({
      retryAttempts: 2,
      retryWait: async () => {
        waited.push(Number(hintMs));
        await sleep(10);
      },
      on: { closed: ({ reason }) => (hintMs = /retry in (\d+) ms/.exec(reason)?.[1]) },
    });
    const watched = client.iterate({ query: CARDS, variables: { board: 'other' } });
    try {
      while (!(await watched.next()).done);
    } catch ({ code }) {
      return { waited, code };
    }
  },

  // Another client of this address has all connections that it may have; it leaves after two refusals.
  async refused() {
    const holder = connect();
    const held = holder.iterate({ query: CARDS, variables: { board: 'other' } });
    await held.next();
    const closes = [];
    const client = connect({
      retryWait: () => sleep(10),
      on: {
        closed: ({ code, reason }) => {
          closes.push([code, reason]);
          if (closes.length === 2) holder.dispose();
        },
      },
    });
    const answer = await answers(client, { query: '{ hello }' });
    await client.dispose();
    return { closes: closes.slice(0, 2), answer };
  },
};

try {
  console.log(JSON.stringify(await scenes[scene]()));
  process.exit(0);
} catch (error) {
  console.error(error.code ?? error, error.reason ?? '');
  process.exit(1);
}
