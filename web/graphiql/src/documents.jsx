/* A panel with the documents of our own pages and of partners. A click opens one in a tab of its own. */

import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { useEffect, useState } from "react";
import documents from "virtual:documents";

import { requestAsViewer } from "../../assets/session.js";

const Icon = () => (
  <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round">
    <path d="M7 3h7l5 5v13H7zM14 3v5h5M10 13h6M10 17h6" />
  </svg>
);

function Panel() {
  const partners = usePages("Partners", {}, (data) => data.partners);
  return (
    <div className="documents">
      <h2 className="documents-title">Documents</h2>
      <p>A client may send the id of a document in place of its text.</p>
      <h3>Our own pages</h3>
      <List entries={documents} />
      <h3>Partners</h3>
      {partners.nodes?.map((partner) => <Partner key={partner.id} {...partner} />)}
      <Rest {...partners} nothing="There are no partners." />
    </div>
  );
}

function Partner({ slug, name }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{name}</summary>
      {isOpen && <PartnerDocuments slug={slug} />}
    </details>
  );
}

function PartnerDocuments({ slug }) {
  const pages = usePages("PartnerDocuments", { slug }, (data) => data.partner.documents);
  const entries = pages.nodes?.map(({ hash, name, kind, source, isServed, usage }) => ({
    name,
    kind: kind.toLowerCase(),
    about: `${isServed ? "" : "Not served. "}Asked for ${usage.count} times in 30 days.`,
    id: hash,
    text: source,
  }));
  return (
    <>
      <List entries={entries ?? []} />
      <Rest {...pages} nothing="Nothing is published." />
    </>
  );
}

function List({ entries }) {
  const { addTab } = useGraphiQLActions();
  const queryEditor = useGraphiQL((state) => state.queryEditor);

  const open = (text) => {
    addTab();
    queryEditor.setValue(text);
  };

  return (
    <ul>
      {entries.map(({ name, kind, about, id, text }) => (
        <li key={id}>
          <button type="button" className="document" disabled={!queryEditor} onClick={() => open(text)}>
            <strong>{name}</strong>
            <span className="document-kind">{kind}</span>
            <span className="document-about">{about}</span>
          </button>
          <code title="The id of the document">{id}</code>
        </li>
      ))}
    </ul>
  );
}

/* What stands below a list: that it is empty, that there is more of it, or why it is not there. */
function Rest({ nodes, problem, more, nothing }) {
  if (problem) return <p role="alert">{problem}</p>;
  if (more) return <button type="button" className="documents-more" onClick={more}>More</button>;
  if (!nodes) return <p>Loading …</p>;
  return nodes.length === 0 && <p>{nothing}</p>;
}

/* {nodes, problem, more} of a connection: its first page, and the next ones when `more` is called. */
function usePages(name, variables, connection) {
  const [state, setState] = useState({});

  const load = async (before, after) => {
    try {
      const { nodes, pageInfo } = connection(await requestAsViewer(name, { ...variables, after }));
      const all = [...before, ...nodes];
      setState({ nodes: all, more: pageInfo.hasNextPage ? () => load(all, pageInfo.endCursor) : undefined });
    } catch (failure) {
      setState({ nodes: before, problem: failure.message });
    }
  };
  useEffect(() => {
    load([], null);
  }, []);
  return state;
}

export const documentsPlugin = { title: "Documents", icon: Icon, content: Panel };
