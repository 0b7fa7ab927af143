// Other people's clients of HTTP and server-sent events, graphql-sse and urql, against a server: what each heard.
import { createClient } from 'graphql-sse';
import { Client, fetchExchange } from '@urql/core';

const [url, document, persistedId, query, mutation] = process.argv.slice(2);

const once = (client, request) =>
  new Promise((resolve, reject) => {
    let heard;
    client.subscribe(request, { next: (value) => (heard = value), error: reject, complete: () => resolve(heard) });
  });

// The first `count` messages of a subscription; then the client leaves.
const some = (subscribe, count) =>
  new Promise((resolve, reject) => {
    const heard = [];
    const leave = subscribe(
      (value) => {
        heard.push(value);
        if (heard.length === count) setTimeout(() => (leave(), resolve(heard)), 0);
      },
      reject,
      () => reject(new Error('completed too early')),
    );
  });

const sse = createClient({ url, retryAttempts: 0 });
const urql = new Client({ url, exchanges: [fetchExchange], preferGetMethod: 'within-url-limit', fetchSubscriptions: true });
const plain = (result) => ({
  data: result.data ?? null,
  codes: (result.error?.graphQLErrors ?? []).map((error) => error.extensions.code),
});

// The data after each part of an answer whose rest is deferred.
const deferred = () =>
  new Promise((resolve) => {
    const heard = [];
    urql.query('{ hello ... @defer { slow(seconds: 0.2) } }', {}).subscribe(({ data, hasNext }) => {
      heard.push(data);
      if (!hasNext) resolve(heard);
    });
  });

const results = {
  sse: {
    query: await once(sse, { query }),
    mutation: await once(sse, { query: mutation }),
    invalid: await once(sse, { query: '{ nothing }' }),
    persisted: await once(sse, { documentId: persistedId }),
    subscription: await some(
      (next, error, complete) => sse.subscribe({ query: document }, { next, error, complete }),
      1,
    ),
  },
  urql: {
    query: plain(await urql.query(query, {}).toPromise()),
    mutation: plain(await urql.mutation(mutation, {}).toPromise()),
    deferred: await deferred(),
    invalid: plain(await urql.query('{ nothing }', {}).toPromise()),
    subscription: await some((next) => {
      const { unsubscribe } = urql.subscription(document, {}).subscribe((result) => next(plain(result)));
      return unsubscribe;
    }, 1),
  },
};
sse.dispose();
console.log(JSON.stringify(results));
