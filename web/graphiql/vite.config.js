/* Builds the explorer into dist/: plain files under /static/graphiql/, workers included, nothing from another host. */

import { defineConfig } from "vite";

export default defineConfig({
  base: "/static/graphiql/",
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
