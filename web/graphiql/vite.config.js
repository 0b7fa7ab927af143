/* Builds the explorer into dist/: plain files under /static/graphiql/, workers included, nothing from another host. */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { Kind, parse } from "graphql";
import { defineConfig } from "vite";

const DOCUMENTS = new URL("../../schema/documents/", import.meta.url);

/* `import documents from "virtual:documents"`: the first-party documents, each with the id the server knows it by. */
const documents = {
  name: "matchpoint-documents",
  resolveId: (id) => (id === "virtual:documents" ? `\0${id}` : null),
  load(id) {
    if (id !== "\0virtual:documents") return null;
    const files = readdirSync(DOCUMENTS).filter((file) => file.endsWith(".graphql")).sort();
    return `export default ${JSON.stringify(files.map(described))}`;
  },
};

function described(file) {
  const text = readFileSync(new URL(file, DOCUMENTS), "utf8");
  const { name, operation } = parse(text).definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  const about = text.match(/^# (.+)$/m)?.[1] ?? "";
  return { name: name.value, kind: operation, about, id: createHash("sha256").update(text).digest("hex"), text };
}

export default defineConfig({
  base: "/static/graphiql/",
  plugins: [documents],
  resolve: {
    /* graphiql-explorer asks for it as CommonJS, and a second copy would not know the types of the first. */
    alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve("graphql/index.mjs")) }],
  },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 8192,
    rolldownOptions: {
      /* Libraries mark modules for React servers; in a browser bundle the mark means nothing. */
      onwarn: (warning, warn) => warning.code === "MODULE_LEVEL_DIRECTIVE" || warn(warning),
    },
  },
  oxc: { jsx: { runtime: "automatic" } },
  worker: { format: "es" },
});
