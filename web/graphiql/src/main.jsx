/* The API explorer: a log-in first, and the explorer itself only for administrators. */

import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "@graphiql/plugin-explorer/style.css";
import "../../assets/explorer.css";
import "./graphiql.css";

import { explorerPlugin } from "@graphiql/plugin-explorer";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { useEffect, useState } from "react";
import { createRoot } from "react-dom/client";

import { isLoggedIn, logIn, logOut, whenEnded, whoAmI } from "../../assets/session.js";
import { Cost, useCost } from "./cost.jsx";
import { documentsPlugin } from "./documents.jsx";
import { fetcher } from "./fetcher.js";

const PLUGINS = [documentsPlugin, explorerPlugin(), HISTORY_PLUGIN];

const FIRST_QUERY = `# Everything here runs with your rights. Ctrl-Enter runs the operation at the cursor.

query Newest {
  tournaments(first: 5) {
    nodes {
      id
      name
      status
      entrantCount
    }
  }
}
`;

function App() {
  const [viewer, setViewer] = useState(isLoggedIn() ? undefined : null);
  const [problem, setProblem] = useState("");

  const leave = (message = "") => {
    logOut();
    setProblem(message);
    setViewer(null);
  };
  const look = () =>
    whoAmI()
      .then((found) => (found ? setViewer(found) : leave("Please log in again.")))
      .catch((failure) => leave(failure.message));

  useEffect(() => {
    whenEnded(() => leave("Your session is over. Please log in again."));
    if (isLoggedIn()) look();
  }, []);

  if (viewer === undefined) return <p className="notice">Looking up who you are …</p>;
  if (viewer === null) return <LogIn problem={problem} onDone={look} />;
  if (!viewer.isAdmin) return <Refused name={viewer.name} onLeave={() => leave()} />;
  return <Explorer viewer={viewer} onLeave={() => leave()} />;
}

function LogIn({ problem, onDone }) {
  const [refusal, setRefusal] = useState("");
  const [isBusy, setBusy] = useState(false);

  const submit = async (event) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    setBusy(true);
    try {
      await logIn(fields.get("login"), fields.get("password"));
      await onDone();
    } catch (failure) {
      setRefusal(failure.message);
      setBusy(false);
    }
  };

  return (
    <main className="notice gate">
      <h1>API explorer</h1>
      <p>For administrators of this Matchpoint.</p>
      <form onSubmit={submit}>
        <label>
          User name or e-mail
          <input name="login" autoComplete="username" required autoFocus />
        </label>
        <label>
          Password
          <input name="password" type="password" autoComplete="current-password" required />
        </label>
        <p role="alert" className="gate-problem">{refusal || problem}</p>
        <button className="button" disabled={isBusy}>Log in</button>
      </form>
    </main>
  );
}

function Refused({ name, onLeave }) {
  return (
    <main className="notice gate">
      <h1>Only for administrators</h1>
      <p>{name} is not an administrator of this Matchpoint, so the explorer stays closed.</p>
      <button className="button" onClick={onLeave}>Log in as someone else</button>
    </main>
  );
}

function Explorer({ viewer, onLeave }) {
  const cost = useCost();
  return (
    <div className="explorer">
      <header className="explorer-head">
        <a className="brand" href="/">Matchpoint</a>
        <span>API explorer</span>
        <span className="explorer-who">{viewer.name}</span>
        <button className="link-button" onClick={onLeave}>Log out</button>
      </header>
      <GraphiQL fetcher={fetcher} plugins={PLUGINS} defaultQuery={FIRST_QUERY} shouldPersistHeaders={false}>
        {cost && (
          <GraphiQL.Footer>
            <Cost cost={cost} />
          </GraphiQL.Footer>
        )}
      </GraphiQL>
    </div>
  );
}

createRoot(document.getElementById("root")).render(<App />);
