import type { Credentials } from "@matchpoint/client";

/** Where a device keeps texts: what `@react-native-async-storage/async-storage` and `expo-secure-store` wrappers offer. */
export interface TextStore {
  getItem(key: string): Promise<string | null>;
  setItem(key: string, value: string): Promise<void>;
  removeItem(key: string): Promise<void>;
}

const KEY = "matchpoint.credentials";

export async function load(store: TextStore): Promise<Credentials | null> {
  const text = await store.getItem(KEY);
  return text === null ? null : (JSON.parse(text) as Credentials);
}

export async function save(store: TextStore, credentials: Credentials | null): Promise<void> {
  if (credentials === null) await store.removeItem(KEY);
  else await store.setItem(KEY, JSON.stringify(credentials));
}
