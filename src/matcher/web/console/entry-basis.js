/** Why the machine proposes a pair: its figures, and the reasons that people can check. */

import { h } from "./dom.js";
import { whySections } from "./entry-why.js";
import { dayOf, t } from "./i18n.js";
import { figureList, legend, why } from "./matches.js";
import { emptyNote } from "./notes.js";

/** The panel; a pair that people added and no run has proposed has no figures, a past entry no reasons of today. */
export function basisPanel(entry, { isPast = false, signal } = {}) {
  const hasFigures = entry.score !== null;
  return h(
    "div",
    { class: "basis" },
    hasFigures
      ? h("div", { class: "basis-head" }, figureList(entry), h("p", { class: "meta" }, h("span", {}, t("ledger.rank", entry.rank)), entry.run_id !== null && h("span", {}, t("basis.run", entry.run_id)), h("span", {}, t("basis.first", dayOf(entry.first_seen)))))
      : emptyNote(t("basis.none"), t("basis.none.about")),
    entry.explored && h("p", { class: "help" }, t("why.explored")),
    isPast ? hasFigures && [legend([entry]), why(entry)] : whySections(entry, signal),
  );
}
