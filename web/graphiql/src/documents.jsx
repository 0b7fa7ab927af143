/* A panel with the documents of our own pages. A click opens one in a tab of its own. */

import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import documents from "virtual:documents";

const Icon = () => (
  <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round">
    <path d="M7 3h7l5 5v13H7zM14 3v5h5M10 13h6M10 17h6" />
  </svg>
);

function Panel() {
  const { addTab } = useGraphiQLActions();
  const queryEditor = useGraphiQL((state) => state.queryEditor);

  const open = (text) => {
    addTab();
    queryEditor.setValue(text);
  };

  return (
    <div className="documents">
      <h2 className="documents-title">Documents</h2>
      <p>What our own pages ask. A client may send the id in place of the text.</p>
      <ul>
        {documents.map(({ name, kind, about, id, text }) => (
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
    </div>
  );
}

export const documentsPlugin = { title: "Documents", icon: Icon, content: Panel };
