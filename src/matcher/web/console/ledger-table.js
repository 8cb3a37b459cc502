/** Ledger entries as a table, grouped by demand; on a narrow screen each row becomes a card. */

import { bandTag } from "./band.js";
import { h } from "./dom.js";
import { exploredTag } from "./explored.js";
import { hasDraft } from "./drafts.js";
import { code, column, daysUntil, figure, t } from "./i18n.js";

const COLUMNS = ["achievement", "score", "standing", "stage", "people", "next"];
const NAMES = { people: "owner", next: "next_action" };
const heading = (name) => (name === "achievement" ? t("pair.achievement") : column(NAMES[name] ?? name));

/** A table of entries; `to(entry)` is where its title leads. */
export function ledgerTable(rows, to) {
  const groups = [];
  for (const row of rows) {
    if (groups.at(-1)?.[0].demand_id === row.demand_id) groups.at(-1).push(row);
    else groups.push([row]);
  }
  return h(
    "table",
    { class: "entries" },
    h("caption", { class: "unseen" }, t("nav.ledger")),
    h("thead", {}, h("tr", {}, COLUMNS.map((name) => h("th", { scope: "col", class: `of-${name}` }, heading(name))))),
    groups.map((group) => h("tbody", {}, demandRow(group[0]), group.map((row) => entryRow(row, to(row))))),
  );
}

function demandRow(row) {
  const meta = [row.demand_organisation, row.demand_code].filter(Boolean).map((text) => h("span", {}, text));
  return h(
    "tr",
    { class: "group" },
    h("th", { scope: "rowgroup", colspan: COLUMNS.length }, h("a", { href: `#/demands/${row.demand_id}` }, row.demand_title), h("span", { class: "meta" }, meta)),
  );
}

function entryRow(row, href) {
  const meta = [row.achievement_organisation, row.achievement_code].filter(Boolean).map((text) => h("span", {}, text));
  const cell = (name, ...content) => h("td", { class: `of-${name}`, "data-label": heading(name) }, content);
  return h(
    "tr",
    { class: row.standing === "current" || row.standing === "added" ? null : "left" },
    h(
      "td",
      { class: "of-achievement" },
      h("a", { href, class: "entry-open", "data-entry": row.entry_id }, row.achievement_title),
      h("span", { class: "meta" }, meta, exploredTag(row), hasDraft(row.entry_id) && h("span", { class: "tag warn" }, t("draft.tag"))),
    ),
    cell("score", row.score === null ? h("span", { class: "soft" }, "—") : [h("b", {}, figure(row.score)), h("span", { class: "meta block" }, t("ledger.rank", row.rank)), bandTag(row)]),
    cell("standing", standingTag(row)),
    cell("stage", stageTag(row)),
    cell(
      "people",
      row.owner || row.technology_manager
        ? [h("span", {}, row.owner || row.technology_manager), row.owner && row.technology_manager && h("span", { class: "meta block" }, row.technology_manager)]
        : h("span", { class: "soft" }, "—"),
    ),
    cell("next", row.next_action && h("span", { class: "next-action" }, row.next_action), dueMark(row), !row.next_action && !waitsFor(row) && h("span", { class: "soft" }, "—")),
  );
}

/** The stage as a tag whose colour follows how far it is. */
export function stageTag(row) {
  return h("span", { class: `tag stage stage-${row.stage}` }, code("stage", row.stage));
}

/** What the batch says of the pair, and why it is no longer proposed. */
export function standingTag(row) {
  const look = { current: "good", added: "", vanished: "warn", void: "bad" }[row.standing] ?? "";
  return [
    h("span", { class: `tag ${look}` }, code("standing", row.standing)),
    row.cause && h("span", { class: "meta block" }, code("cause", row.cause)),
  ];
}

/** The day an entry waits for, and what for; null where nothing is due. */
export function waitsFor(row) {
  if (row.stage === "landed" || row.stage === "ended") return null;
  if (row.stage === "paused") return row.return_on && { kind: "return", day: row.return_on };
  const days = [row.due && { kind: "action", day: row.due }, row.trial_end && { kind: "trial_end", day: row.trial_end }].filter(Boolean);
  return days.sort((one, other) => one.day.localeCompare(other.day))[0] ?? null;
}

/** The day an entry waits for, marked where it is past or near. */
export function dueMark(row) {
  const waited = waitsFor(row);
  if (waited === null) return null;
  return h("span", { class: "due" }, dayMark(waited.day), waited.kind !== "action" && h("span", { class: "meta" }, code("due_kind", waited.kind)));
}

/** A day with how far it is: overdue, today, or in so many days. */
export function dayMark(day) {
  const days = daysUntil(day);
  const [look, text] = days < 0 ? ["bad", t("due.over", -days)] : days === 0 ? ["warn", t("due.today")] : days <= 7 ? ["warn", t("due.in", days)] : ["", null];
  return [h("time", { datetime: day, class: "number" }, day), text && h("span", { class: `tag ${look}` }, text)];
}
