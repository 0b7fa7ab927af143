/* Reads the heats of a stage, page by page: with each snapshot, and when heats are drawn or a round is over. */

import { request } from "./http.js";

const MOST_PAGES = 20;

/** The heats of a stage, by rounds: the first thousand at most. */
export async function readHeats(slug, stage) {
  const heats = [];
  let after = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { tournament } = await request("StageHeats", { slug, after }, { isFresh: true });
    const read = tournament.stages.find(({ number }) => number === stage).heats;
    heats.push(...read.nodes);
    if (!read.pageInfo.hasNextPage) break;
    after = read.pageInfo.endCursor;
  }
  return heats;
}
