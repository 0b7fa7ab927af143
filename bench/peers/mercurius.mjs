// `node mercurius.mjs DATA PORT`: mercurius, which compiles a document the second time that it is asked for.
import Fastify from "fastify";
import mercurius from "mercurius";

import { port, resolvers, typeDefs } from "./schema.mjs";

const app = Fastify();
await app.register(mercurius, { schema: typeDefs, resolvers, jit: 1 });
await app.listen({ host: "127.0.0.1", port });
