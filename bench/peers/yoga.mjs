// `node yoga.mjs DATA PORT`: GraphQL Yoga on the HTTP server of Node.js.
import { createServer } from "node:http";

import { createSchema, createYoga } from "graphql-yoga";

import { port, resolvers, typeDefs } from "./schema.mjs";

const yoga = createYoga({ schema: createSchema({ typeDefs, resolvers }), graphiql: false, logging: false });
createServer(yoga).listen(port, "127.0.0.1");
