/*
 * GraphQL over HTTP: named documents and one request per call.
 *
 * The documents are the files that the server also knows by their hash. They are fetched once, from the same host,
 * instead of being written a second time into these modules: one more small request, but one source of truth.
 */

const texts = new Map();

/** The text of a document, such as `LivePage`. Asked for once per page; a failed request may be tried again. */
export function documentText(name) {
  if (!texts.has(name)) {
    const text = fetch(`/static/documents/${name}.graphql`).then((answer) => {
      if (!answer.ok) throw new Error(`The document ${name} could not be loaded (${answer.status}).`);
      return answer.text();
    });
    text.catch(() => texts.delete(name));
    texts.set(name, text);
  }
  return texts.get(name);
}

/** The data of one request. Throws when the server cannot be reached or answers with errors. */
export async function request(name, variables = {}) {
  const answer = await fetch("/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/graphql-response+json, application/json" },
    body: JSON.stringify({ query: await documentText(name), variables }),
  });
  const body = await answer.json();
  if (body.errors?.length) throw new Error(body.errors[0].message);
  return body.data;
}
