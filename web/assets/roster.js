/* Who takes part: the list before the start, with check-in, and the standings once there are placements. */

import { html } from "./dom.js";
import { request } from "./http.js";
import { words } from "./text.js";

const MOST_PAGES = 11;
const GONE = new Set(["WITHDRAWN", "ABSENT", "DISQUALIFIED"]);

/** All entrants of an event: those who are still in by seed, then by placement. `how` is as for `request`. */
export async function loadRoster(slug, how) {
  const found = [];
  let after = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { tournament } = await request("Entrants", { slug, after }, how);
    if (!tournament) return found;
    found.push(...tournament.entrants.edges.map((edge) => edge.node));
    if (!tournament.entrants.pageInfo.hasNextPage) break;
    after = tournament.entrants.pageInfo.endCursor;
  }
  const seedOf = ({ seed }) => seed ?? Number.MAX_SAFE_INTEGER;
  const rank = ({ placement, status }) => placement?.low ?? (GONE.has(status) ? Number.MAX_SAFE_INTEGER : 0);
  return found.sort((a, b) => rank(a) - rank(b) || seedOf(a) - seedOf(b));
}

/** The list as nodes. With `onChoose` each name can be chosen, to see it in the bracket. */
export function rosterList(roster, { isBeforeStart, onChoose }) {
  if (roster.length === 0) return html("p", { class: "quiet" }, "Nobody has registered yet.");
  const isRanked = roster.some(({ placement }) => placement);
  return html(
    "ol",
    { class: "roster" },
    ...roster.map((entrant) => {
      const isIn = entrant.status === "CHECKED_IN";
      const state = isBeforeStart || GONE.has(entrant.status) ? words(entrant.status) : "";
      return html(
        "li",
        { class: GONE.has(entrant.status) ? "gone" : "" },
        html("span", { class: "rank" }, isRanked ? place(entrant.placement) : String(entrant.seed ?? "")),
        onChoose
          ? html("button", { class: "link-button", type: "button", onclick: () => onChoose(entrant) }, entrant.name)
          : html("span", { class: "who" }, entrant.name),
        state && html("span", { class: isIn ? "checkin in" : "checkin" }, state),
      );
    }),
  );
}

/** Who came after the winner, as nodes: the second and the third. */
export function podium(roster) {
  const next = roster.filter(({ placement }) => placement && placement.low <= 3 && placement.high > 1);
  return next.slice(0, 4).map(({ name, placement }) => html("li", null, html("span", { class: "rank" }, place(placement)), name));
}

function place(placement) {
  if (!placement) return "–";
  const { low, high } = placement;
  return low === high ? `${low}.` : `${low}–${high}.`;
}
