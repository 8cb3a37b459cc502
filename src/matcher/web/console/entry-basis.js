/** Why the machine proposes a pair: its figures, what they are made of, and the words both texts share. */

import { h } from "./dom.js";
import { dayOf, t } from "./i18n.js";
import { figureList, legend, why } from "./matches.js";
import { emptyNote } from "./notes.js";

/** The panel; a pair that people added and no run has proposed has no figures. */
export function basisPanel(entry) {
  if (entry.score === null) return emptyNote(t("basis.none"), t("basis.none.about"));
  return h(
    "div",
    { class: "basis" },
    h("div", { class: "basis-head" }, figureList(entry), h("p", { class: "meta" }, h("span", {}, t("ledger.rank", entry.rank)), entry.run_id !== null && h("span", {}, t("basis.run", entry.run_id)), h("span", {}, t("basis.first", dayOf(entry.first_seen))))),
    legend([entry]),
    why(entry),
  );
}
