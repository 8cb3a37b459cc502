/** Milestones of an entry: rows of name, planned day, day it was reached, and a note. */

import { h } from "./dom.js";
import { dayMark } from "./ledger-table.js";
import { t } from "./i18n.js";

const PARTS = [
  ["name", "text"],
  ["planned_on", "date"],
  ["done_on", "date"],
  ["note", "text"],
];

/** A field, as forms.js makes them, whose value is a list of milestones. */
export function milestonesField({ name, label, value }) {
  const rows = h("tbody", {});
  const error = h("p", { class: "field-error", hidden: true });
  const add = h("button", { type: "button", onclick: () => addRow(true) }, t("milestone.add"));
  const table = h(
    "table",
    { class: "milestones" },
    h("thead", {}, h("tr", {}, PARTS.map(([part]) => h("th", { scope: "col" }, t(`milestone.${part}`))), h("th", {}, h("span", { class: "unseen" }, t("remove"))))),
    rows,
  );
  const node = h("div", { class: "field wide", role: "group", "aria-label": label }, h("span", { class: "label" }, label), table, add, error);
  const changed = () => node.dispatchEvent(new Event("input"));

  function addRow(focus, milestone = {}) {
    const inputs = PARTS.map(([part, type]) =>
      h("input", { type, "data-part": part, "aria-label": t(`milestone.${part}`), value: milestone[part] ?? "", autocomplete: "off" }),
    );
    const row = h("tr", {}, inputs.map((input) => h("td", {}, input)));
    const remove = () => {
      row.remove();
      show();
      changed();
      add.focus();
    };
    row.append(h("td", {}, h("button", { type: "button", class: "link", onclick: remove }, t("remove"))));
    rows.append(row);
    show();
    if (focus) inputs[0].focus();
  }

  const show = () => {
    table.hidden = rows.childElementCount === 0;
  };

  const set = (milestones) => {
    rows.replaceChildren();
    for (const one of milestones ?? []) addRow(false, one);
    show();
  };
  set(value);
  return {
    name,
    node,
    get value() {
      return [...rows.children].map((row) => {
        const given = Object.fromEntries([...row.querySelectorAll("input")].map((input) => [input.dataset.part, input.value.trim()]));
        return { name: given.name, planned_on: given.planned_on || null, done_on: given.done_on || null, note: given.note };
      });
    },
    set value(to) {
      set(to);
    },
    fail: (text) => {
      error.hidden = !text;
      error.textContent = text ?? "";
    },
    focus: () => (rows.querySelector("input") ?? add).focus(),
  };
}

/** Milestones in one line, for the history. */
export function milestonesText(milestones) {
  const one = ({ name, planned_on: planned, done_on: done }) => [name, done ? `✓ ${done}` : planned].filter(Boolean).join(" ");
  return milestones.map(one).join("；") || "—";
}

/** One milestone of one supplier, where several are compared. */
export function milestoneCell(milestone) {
  if (milestone === undefined || milestone === null) return h("span", { class: "soft" }, "—");
  if (milestone.done_on) return h("span", { class: "tag good" }, "✓ ", milestone.done_on);
  return milestone.planned_on ? h("span", { class: "due" }, dayMark(milestone.planned_on)) : h("span", { class: "soft" }, t("milestone.open"));
}
