/** What an edited workbook changes, cell by cell: what is written, what someone else has changed, what is refused. */

import { h } from "./dom.js";
import { inLanguage, moment, t } from "./i18n.js";

const COUNTS = ["rows", "rows_changed", "rows_unchanged", "rows_conflicting", "rows_rejected", "rows_restored", "cells"];
const SHOWN = 200;

/** The numbers of a report, in one line of figures. */
export function importCounts(report) {
  const names = COUNTS.filter((name) => Number.isInteger(report[name]));
  return h(
    "dl",
    { class: "counts five" },
    names.map((name) => h("div", { class: report[name] > 0 ? `count-${name}` : "zero" }, h("dt", {}, t(`sheets.count.${name}`)), h("dd", {}, report[name]))),
  );
}

/** The counts of a past import as a text. */
export function countsText(counts) {
  const shown = COUNTS.filter((name) => counts[name] > 0 && name !== "rows" && name !== "rows_unchanged");
  return shown.map((name) => `${t(`sheets.count.${name}`)} ${counts[name]}`).join(" · ");
}

/** Every cell that a report names, under what becomes of it. */
export function cellTable(report) {
  const parts = [
    ["doubtful", "warn", refusal],
    ["changes", "good", change],
    ["conflicts", "warn", conflict],
    ["rejected", "bad", refusal],
    ["ignored", "", refusal],
  ];
  return parts.filter(([name]) => (report[name] ?? []).length > 0).map(([name, look, said]) => part(name, look, report[name], said));
}

function part(name, look, cells, said) {
  return h(
    "section",
    { class: `problems cells-${name}` },
    h("h3", {}, h("span", { class: `tag ${look}` }, t(`sheets.${name}`)), h("span", { class: "count" }, cells.length)),
    h(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-label": t(`sheets.${name}`) },
      h(
        "table",
        {},
        h("thead", {}, h("tr", {}, ["place", "column", "entry", "what"].map((one) => h("th", { scope: "col" }, t(`sheets.cell.${one}`))))),
        h("tbody", {}, cells.slice(0, SHOWN).map((one) => h("tr", { class: "cell-row" }, place(one), h("td", {}, one.heading ?? "—"), entry(one), h("td", { class: "message" }, said(one))))),
      ),
    ),
    cells.length > SHOWN && h("p", { class: "help" }, t("diff.more", cells.length - SHOWN)),
  );
}

function change(one) {
  return [one.before && [h("del", {}, one.before), " → "], one.after ? h("ins", {}, one.after) : h("span", { class: "soft" }, t("history.cleared"))];
}

function place(one) {
  return h("td", { class: "number" }, one.row === undefined ? "—" : `${one.column}${one.row}`);
}

function entry(one) {
  return h("td", { class: "number" }, one.entry_id === null ? "—" : h("a", { href: `#/ledger/${one.entry_id}` }, one.entry_id));
}

function conflict(one) {
  const who = one.changed_by && t("sheets.conflict.by", one.changed_by, moment(one.changed_at));
  if (one.reason !== undefined) return [inLanguage(one.reason, one.reason_en), who && h("span", { class: "meta block" }, who)];
  return [
    h("span", {}, t("sheets.conflict.yours", one.yours || "—")),
    h("span", { class: "block" }, t("sheets.conflict.theirs", one.theirs || "—")),
    who && h("span", { class: "meta block" }, who),
  ];
}

function refusal(one) {
  return [inLanguage(one.reason, one.reason_en), h("span", { class: "meta block" }, inLanguage(one.remedy, one.remedy_en))];
}
