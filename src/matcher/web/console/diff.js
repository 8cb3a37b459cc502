/** What a night changed: pairs that are new, have other figures, or are no longer proposed, each with its causes. */

import { h } from "./dom.js";
import { code, column, figure, inLanguage, listed, t } from "./i18n.js";
import { standingTag } from "./ledger-table.js";
import { emptyNote } from "./notes.js";

const PARTS = ["new", "changed", "vanished"];
const ALL = [...PARTS, "aside"];

/** The parts of a diff that hold anything, each as a section; what is over `limit` is counted, and found at `more`.
 *
 *  `counts` says how long each list is, where `diff` holds the first of each alone.
 */
export function diffSections(diff, { limit = 200, more = null, counts = null } = {}) {
  const length = (name) => counts?.[name] ?? diff[name].length;
  const parts = ALL.filter((name) => (diff[name] ?? []).length > 0);
  if (parts.length === 0) return [emptyNote(t("diff.none"), t("diff.kept", diff.kept ?? 0))];
  return parts.map((name) =>
    h(
      "section",
      { class: "diff", "data-part": name },
      h("h3", {}, t(`diff.${name}`), h("span", { class: "count" }, length(name))),
      h("ul", { class: "diff-items" }, diff[name].slice(0, limit).map((one) => h("li", {}, line(one)))),
      length(name) > limit && h(more ? "a" : "p", { href: more, class: more ? null : "help" }, t("diff.more", length(name) - limit)),
    ),
  );
}

/** The numbers of a diff in one line. */
export function diffCounts(diff) {
  return h(
    "dl",
    { class: "counts four" },
    [...PARTS, "kept"].map((name) => {
      const count = name === "kept" ? (diff.kept ?? 0) : (diff[name] ?? []).length;
      return h("div", { class: count > 0 ? `count-${name}` : "zero" }, h("dt", {}, t(`diff.${name}`)), h("dd", {}, count));
    }),
  );
}

function line(one) {
  const causes = inLanguage(one.causes_zh, one.causes?.map(cause)) ?? [];
  const figures = Object.entries(one.figures ?? {}).filter(([name, { before, after }]) => name !== "contributions" && shown(name, before) !== shown(name, after));
  return [
    h(
      "p",
      {},
      one.entry_id === null || one.entry_id === undefined
        ? h("b", {}, one.achievement_title)
        : h("a", { href: `#/ledger/${one.entry_id}` }, one.achievement_title),
      h("span", { class: "meta" }, h("span", {}, t("diff.for", one.demand_title)), one.demand_organisation && h("span", {}, one.demand_organisation)),
    ),
    h(
      "p",
      { class: "diff-why" },
      one.standing && one.standing !== "current" && one.standing !== "added" && standingTag({ ...one, cause: null }),
      causes.length > 0 && h("span", { class: "help" }, listed(causes)),
      figures.map(([name, { before, after }]) => h("span", { class: "move" }, column(name), " ", before !== null && [h("del", {}, shown(name, before)), " → "], h("ins", {}, shown(name, after)))),
    ),
  ];
}

/** A cause's words, whichever kind of cause it is. */
export function cause(name) {
  const kind = ["change_cause", "cause", "constraint"].find((one) => code(one, name) !== name);
  return code(kind, name);
}

function shown(name, value) {
  if (value === null || value === undefined) return "—";
  return typeof value === "number" && name !== "rank" ? figure(value) : String(value);
}
