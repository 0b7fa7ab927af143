/*
 * GraphQL over HTTP: named documents and one request per call.
 *
 * The documents are the files that the server also knows by their hash. They are fetched once, from the same host,
 * instead of being written a second time into these modules: one more small request, but one source of truth. So are
 * their ids, which only the server computes: a page over plain HTTP has no digest of its own.
 */

const ACCEPT = "application/graphql-response+json, application/json";
const UNKNOWN = "PERSISTED_DOCUMENT_NOT_FOUND";

const texts = new Map();
let ids = null;

/** The text of a document, such as `LivePage`. Asked for once per page; a failed request may be tried again. */
export function documentText(name) {
  if (!texts.has(name)) {
    const text = file(`documents/${name}.graphql`).then((answer) => answer.text());
    text.catch(() => texts.delete(name));
    texts.set(name, text);
  }
  return texts.get(name);
}

/**
 * The data of one query, asked as nobody in particular. Throws when the server cannot be reached or answers with errors.
 *
 * Browsers and balancers may keep the answer for two seconds. Who has heard of a change meanwhile asks for a fresh one.
 */
export async function request(name, variables = {}, { isFresh = false } = {}) {
  let answer = isFresh ? await byText(name, variables) : await byId(name, variables);
  if (answer.errors?.[0]?.extensions?.code === UNKNOWN && !isFresh) {
    /* The server is of another release than the one that told the ids. */
    ids = null;
    answer = await byText(name, variables);
  }
  if (answer.errors?.length) throw new Error(answer.errors[0].message);
  return answer.data;
}

async function byId(name, variables) {
  ids ??= file("documents.json").then((answer) => answer.json());
  ids.catch(() => (ids = null));
  const asked = new URLSearchParams({ documentId: (await ids)[name], variables: JSON.stringify(variables) });
  return (await fetch(`/graphql?${asked}`, { headers: { accept: ACCEPT } })).json();
}

async function byText(name, variables) {
  const answer = await fetch("/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", accept: ACCEPT },
    body: JSON.stringify({ query: await documentText(name), variables }),
  });
  return answer.json();
}

async function file(path) {
  const answer = await fetch(`/static/${path}`);
  if (!answer.ok) throw new Error(`${path} could not be loaded (${answer.status}).`);
  return answer;
}
