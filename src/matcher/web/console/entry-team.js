/** Several suppliers of one demand: working together or racing, with their milestones side by side. */

import { get } from "./api.js";
import { h } from "./dom.js";
import { TEAM, columnFacts, columnsForm } from "./entry-work.js";
import { column, t } from "./i18n.js";
import { stageTag } from "./ledger-table.js";
import { milestoneCell } from "./milestones.js";
import { problemNote } from "./notes.js";

/** The panel: this entry's teaming and milestones, and the demand's other suppliers that people work on. */
export function teamPanel(context) {
  const { entry, signal, editable } = context;
  const others = h("section", { class: "stack" });
  get(`/v1/demands/${entry.demand_id}/suppliers`, {}, signal)
    .then((answer) => others.replaceChildren(...compared(answer, entry)))
    .catch((error) => error.name === "AbortError" || others.replaceChildren(problemNote(error)));
  return h("div", { class: "stack" }, editable ? columnsForm(context, TEAM) : columnFacts(entry, TEAM), others);
}

function compared(answer, entry) {
  const items = answer.items ?? answer.suppliers ?? [];
  const heading = h("h3", {}, t("team.heading"));
  if (items.length < 2) return [heading, h("p", { class: "help" }, t("team.alone"))];
  const names = answer.milestones?.map((one) => one.name ?? one) ?? [...new Set(items.flatMap((one) => one.milestones.map((milestone) => milestone.name)))];
  const row = (one) =>
    h(
      "tr",
      { "aria-current": one.entry_id === entry.entry_id ? "true" : null },
      h("th", { scope: "row" }, h("a", { href: `#/ledger/${one.entry_id}` }, one.achievement_organisation || one.achievement_title)),
      h("td", {}, stageTag(one)),
      names.map((name) => h("td", {}, milestoneCell(one.milestones.find((milestone) => milestone.name === name)))),
    );
  return [
    heading,
    h(
      "div",
      { class: "scroll" },
      h(
        "table",
        { class: "suppliers" },
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("team.supplier")), h("th", { scope: "col" }, column("stage")), names.map((name) => h("th", { scope: "col" }, name)))),
        h("tbody", {}, items.map(row)),
      ),
    ),
  ];
}
