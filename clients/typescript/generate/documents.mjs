import { createHash } from "node:crypto";
import { basename } from "node:path";
import { readFileSync } from "node:fs";

/**
 * A plugin of @graphql-codegen: one constant per first-party document, with its id and its types.
 *
 * The server knows a document by the SHA-256 of its file as it stands, so the file is hashed and not what a printer makes
 * of it. The text itself is never sent, and so is not in the package.
 */
export function plugin(_schema, files) {
  return files
    .map(({ location, document }) => {
      const operation = document.definitions.find((definition) => definition.kind === "OperationDefinition");
      const name = operation.name.value;
      if (basename(location) !== `${name}.graphql`) throw new Error(`${location} is named after its operation: ${name}.graphql`);
      const types = name + capitalised(operation.operation);
      const id = `sha256:${createHash("sha256").update(readFileSync(location)).digest("hex")}`;
      return [
        `export const ${name}: Document<"${operation.operation}", ${types}, ${types}Variables> = {`,
        `  kind: "${operation.operation}",`,
        `  name: "${name}",`,
        `  id: "${id}",`,
        "};",
      ].join("\n");
    })
    .join("\n\n");
}

function capitalised(word) {
  return word[0].toUpperCase() + word.slice(1);
}
