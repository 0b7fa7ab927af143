import { useEffect, useState } from "react";
import { createClient, type Client } from "@matchpoint/client";
import { BracketScreen } from "./BracketScreen";
import { load, save, type TextStore } from "./tokens";

/** The app: whoever logged in last still is, and every renewal of their tokens is kept. */
export function App({ url, store, tournamentId }: { url: string; store: TextStore; tournamentId: string }) {
  const [client, setClient] = useState<Client | null>(null);

  useEffect(() => {
    let made: Client | null = null;
    let isShown = true;
    void load(store).then((credentials) => {
      if (!isShown) return;
      made = createClient({ url, credentials, onCredentials: (changed) => void save(store, changed) });
      setClient(made);
    });
    return () => {
      isShown = false;
      void made?.close();
    };
  }, [url, store]);

  return client && <BracketScreen client={client} tournamentId={tournamentId} />;
}
