import { RefreshSession, type RefreshSessionMutation } from "./generated.js";
import { limited } from "./limit.js";
import { Refused, type GraphQLFault } from "./refused.js";

/** What `LogIn`, `Register` and `RefreshSession` give. Without a refresh token, it lasts as long as the access token. */
export interface Credentials {
  readonly accessToken: string;
  readonly refreshToken?: string;
}

export interface SessionOptions {
  /** Where the API is, such as `https://example.org/graphql`. */
  readonly url: string;
  /** Who is logged in already. */
  readonly credentials?: Credentials | null;
  /** Hears of every change of the credentials, to keep them. Null: nobody is logged in any more. */
  readonly onCredentials?: (credentials: Credentials | null) => void;
  /** The key of the application, if it has one. */
  readonly apiKey?: string;
}

/** The session cannot be renewed: the user has to log in again. */
export class SessionEnded extends Refused {}

/**
 * Who asks: the user who is logged in, and the application.
 *
 * Tokens are renewed when the server says that they have expired, so no clock has to be right. A refresh token holds
 * once, and using it twice ends the session: everyone who needs a new one waits for the same request.
 */
export class Session {
  readonly url: string;
  readonly apiKey: string | undefined;
  readonly #onCredentials: (credentials: Credentials | null) => void;
  #credentials: Credentials | null;
  #hasExpired = false;
  #renewal: Promise<void> | null = null;

  constructor({ url, credentials = null, onCredentials = () => {}, apiKey }: SessionOptions) {
    this.url = url;
    this.apiKey = apiKey;
    this.#credentials = credentials;
    this.#onCredentials = onCredentials;
  }

  /** Whether an expired access token can be replaced. */
  get canRenew(): boolean {
    return this.#credentials?.refreshToken !== undefined;
  }

  /** The access token to show; null when nobody is logged in. */
  async accessToken(): Promise<string | null> {
    if (this.#hasExpired && this.canRenew) {
      this.#renewal ??= this.#renew().finally(() => (this.#renewal = null));
      await this.#renewal;
    }
    return this.#credentials?.accessToken ?? null;
  }

  /** The server says that this access token has expired. Whether that is news, and another token may help. */
  expire(accessToken: string | null): boolean {
    const isPresent = accessToken === this.#credentials?.accessToken;
    const isNews = !isPresent || !this.#hasExpired;
    if (isPresent) this.#hasExpired = true;
    return isNews && this.canRenew;
  }

  /** Be somebody from now on; with null, nobody. */
  signIn(credentials: Credentials | null): void {
    this.#credentials = credentials;
    this.#hasExpired = false;
    this.#onCredentials(credentials);
  }

  /** `fetch` with the credentials. Clients of others take it in place of theirs. */
  readonly fetch: typeof fetch = async (input, init) => {
    const token = await this.accessToken();
    const response = await this.#fetchAs(token, input, init);
    if (response.status !== 401 || token === null || !this.canRenew) return response;
    // Credentials are looked at before anything is done: nothing happened yet, and the request may be repeated.
    this.expire(token);
    return this.#fetchAs(await this.accessToken(), input, init);
  };

  #fetchAs(token: string | null, input: Parameters<typeof fetch>[0], init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (token !== null) headers.set("authorization", `Bearer ${token}`);
    if (this.apiKey !== undefined) headers.set("x-api-key", this.apiKey);
    return fetch(input, { ...init, headers });
  }

  async #renew(): Promise<void> {
    const old = this.#credentials;
    const { data, errors } = await limited(async (signal) => {
      const response = await this.#fetchAs(null, this.url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ documentId: RefreshSession.id, variables: { input: { refreshToken: old?.refreshToken } } }),
        signal,
      });
      return (await response.json()) as { data?: RefreshSessionMutation; errors?: GraphQLFault[] };
    });
    if (!data) throw Refused.because(errors ?? []);
    const answer = data.refreshSession;
    // Somebody else may have logged in while the server thought.
    if (this.#credentials !== old) return;
    switch (answer.__typename) {
      case "RefreshSessionPayload":
        this.signIn(answer.tokens);
        return;
      case "LimitReachedError":
      case "UnavailableError":
        // It says nothing about the session; the next request tries again.
        throw new Refused(answer.code, answer.message);
      default:
        this.signIn(null);
        throw new SessionEnded(answer.code, answer.message);
    }
  }
}
