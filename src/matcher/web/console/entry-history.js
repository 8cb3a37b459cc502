/** Everything that happened to an entry, newest first: who, when, what before and after; people and machine told apart. */

import { get } from "./api.js";
import { cause } from "./diff.js";
import { h } from "./dom.js";
import { shownValue } from "./entry-work.js";
import { code, column, inLanguage, listed, moment, t } from "./i18n.js";
import { busyNote, emptyNote, problemNote } from "./notes.js";

/** The panel. */
export function historyPanel({ entry, signal }) {
  const body = h("div", { class: "stack" }, busyNote());
  get(`/v1/ledger/${entry.entry_id}/history`, {}, signal)
    .then(({ items }) => body.replaceChildren(items.length === 0 ? emptyNote(t("history.none")) : h("ol", { class: "log" }, [...items].reverse().map(item))))
    .catch((error) => error.name === "AbortError" || body.replaceChildren(problemNote(error)));
  return body;
}

function item(one) {
  const isMachine = one.kind === "machine";
  const changes = Object.entries(one.changes ?? {}).filter(([name]) => name !== "contributions" && name !== "terms");
  const causes = inLanguage(one.causes_zh, one.causes?.map(cause)) ?? [];
  return h(
    "li",
    { class: isMachine ? "by-machine" : "by-people" },
    h(
      "p",
      {},
      h("b", {}, isMachine ? t("history.machine") : one.actor),
      " ",
      h("span", {}, isMachine ? code("event", one.act) : t(`act.${one.act}`)),
      " ",
      h("span", { class: "meta" }, h("span", {}, moment(one.at)), isMachine && one.run_id && h("a", { href: `#/runs/${one.run_id}` }, t("basis.run", one.run_id)), !isMachine && one.via !== "rest" && h("span", {}, t(`via.${one.via}`))),
    ),
    causes.length > 0 && h("p", { class: "help" }, t("history.because", listed(causes))),
    changes.length > 0 && h("dl", { class: "changes" }, changes.map(([name, { before, after }]) => changeLine(name, before, after))),
  );
}

/** One column before → after. */
function changeLine(name, before, after) {
  return h(
    "div",
    {},
    h("dt", {}, column(name)),
    h("dd", {}, isBlank(before) ? null : [h("del", {}, said(name, before)), " → "], isBlank(after) ? h("span", { class: "soft" }, t("history.cleared")) : h("ins", {}, said(name, after))),
  );
}

function isBlank(value) {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

function said(name, value) {
  if (value !== null && typeof value === "object" && name !== "milestones") return JSON.stringify(value);
  return shownValue(name, value);
}
