/*
 * Who is logged in to the API explorer. Tokens live in sessionStorage: they survive a reload, not the tab, and no other tab sees them.
 *
 * A refresh token is good for one use, so two requests that find the access token expired share one refresh.
 */

import { documentText } from "./http.js";

const KEY = "matchpoint.tokens";
const MARGIN_MS = 30_000;

let tokens = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
let refreshing = null;
let onEnd = () => {};

export const isLoggedIn = () => tokens !== null;

/** Calls back when the session ends by itself, because its refresh token is not accepted any more. */
export function whenEnded(callback) {
  onEnd = callback;
}

/** Logs in. Throws with the message of the server when it refuses. */
export async function logIn(login, password) {
  keep((await mutate(await documentText("LogIn"), { login, password })).logIn);
}

export function logOut() {
  tokens = null;
  sessionStorage.removeItem(KEY);
}

/** {name, isAdmin} of whoever is logged in; null when the session is over. */
export async function whoAmI() {
  const { viewer } = await requestAsViewer("ViewerRoles", {});
  return viewer && { name: viewer.user.displayName, isAdmin: viewer.roles.includes("ADMIN") };
}

/** The data of one named document, asked for with the rights of whoever is logged in. */
export const requestAsViewer = async (name, variables) =>
  send(await documentText(name), variables, await accessToken());

/** A token that is good for a while yet. */
export async function accessToken() {
  if (Date.parse(tokens.accessTokenExpiresAt) - Date.now() > MARGIN_MS) return tokens.accessToken;
  refreshing ??= refresh().finally(() => {
    refreshing = null;
  });
  await refreshing;
  return tokens.accessToken;
}

/** How long the access token may still be used, in milliseconds. */
export const timeLeftMs = () => Math.max(1_000, Date.parse(tokens.accessTokenExpiresAt) - Date.now() - MARGIN_MS);

async function refresh() {
  try {
    keep((await mutate(await documentText("RefreshSession"), { refreshToken: tokens.refreshToken })).refreshSession);
  } catch (refusal) {
    if (refusal.isRefusal) {
      logOut();
      onEnd();
    }
    throw refusal;
  }
}

function keep(result) {
  if (!result.tokens) throw Object.assign(new Error(result.message), { isRefusal: true });
  tokens = result.tokens;
  sessionStorage.setItem(KEY, JSON.stringify(tokens));
}

const mutate = (query, input) => send(query, { input });

async function send(query, variables, token) {
  const headers = { "content-type": "application/json" };
  if (token) headers.authorization = `Bearer ${token}`;
  const answer = await fetch("/graphql", { method: "POST", headers, body: JSON.stringify({ query, variables }) });
  const { data, errors } = await answer.json();
  if (errors?.length) throw new Error(errors[0].message);
  return data;
}
