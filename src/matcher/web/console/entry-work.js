/** The people's columns of an entry as a form. What others change meanwhile is shown beside what is typed, and neither is lost. */

import { change, get } from "./api.js";
import { CODES, COLUMNS } from "./codes.js";
import { announce, h } from "./dom.js";
import { draftOf, dropTyped, keepTyped, same } from "./drafts.js";
import { behind, field, formOf, showProblem } from "./forms.js";
import { code, column, figure, moment, t } from "./i18n.js";
import { milestonesField, milestonesText } from "./milestones.js";

/** From this width of its column in the sheet on, a text has a line of its own here; from the next on, several lines. */
const [WIDE, LONG] = [16, 24];

/** How a column is asked for, by its kind. */
const ASKED = {
  text: ({ person, width }) => (person ? { list: "people" } : { kind: width >= LONG ? "textarea" : "text", wide: width >= WIDE }),
  day: () => ({ kind: "date" }),
  amount: () => ({ kind: "number", min: 0 }),
  code: ({ codes }) => ({ kind: "select", options: Object.keys(CODES[codes]).map((one) => [one, code(codes, one)]) }),
};

const GROUPS = Object.keys(CODES.group).map((group) => [group, Object.keys(COLUMNS).filter((name) => COLUMNS[name].group === group)]);

/** The columns of daily work, in groups. */
export const FOLLOW_UP = GROUPS.filter(([group]) => group !== "team");

/** The columns that compare several suppliers. */
export const TEAM = GROUPS.filter(([group]) => group === "team");

/** How a column's value is read, by its kind. */
const READ = {
  code: (value, { codes }) => code(codes, value),
  milestones: (value) => milestonesText(value),
  amount: (value) => t("amount.wan", value),
  grade: (value) => `${value} ${t(`grade.${value}`)}`,
  figure: (value) => figure(value),
  share: (value) => figure(value),
};

/** A column's value as people read it. */
export function shownValue(name, value) {
  if (value === null || value === undefined || value === "") return "—";
  return READ[COLUMNS[name]?.kind]?.(value, COLUMNS[name]) ?? String(value);
}

/** The columns for who may only read them. */
export function columnFacts(entry, groups) {
  const names = groups.flatMap(([, columns]) => columns);
  return h(
    "dl",
    { class: "facts work-facts" },
    names.map((name) => h("div", {}, h("dt", {}, column(name)), h("dd", {}, shownValue(name, entry[name])))),
  );
}

/** The columns as a form that is saved as a whole. */
export function columnsForm({ entry, reload }, groups) {
  const draft = draftOf(entry);
  const names = groups.flatMap(([, columns]) => columns);
  const conflicts = new Map();
  const fields = names.map((name) => fieldOf(name));
  const notes = h("div", { class: "form-notes" });
  const save = h("button", { type: "submit", class: "primary" }, t("save"));
  const drop = h("button", { type: "button" }, t("draft.drop"));
  const state = h("span", { class: "meta" });

  function fieldOf(name) {
    const typed = Object.hasOwn(draft.typed, name);
    const value = typed ? draft.typed[name] : entry[name];
    const spec = { name, label: column(name), value, ...ASKED[COLUMNS[name].kind]?.(COLUMNS[name]) };
    const one = COLUMNS[name].kind === "milestones" ? milestonesField(spec) : field(spec);
    one.node.addEventListener("input", () => typedInto(one));
    one.node.addEventListener("change", () => typedInto(one));
    if (typed && !same(draft.base[name], entry[name]) && !same(draft.typed[name], entry[name])) conflicts.set(name, conflictNote(one));
    return one;
  }

  /** What someone else wrote into a column that is typed into here, and a button that takes it. */
  function conflictNote(one) {
    const note = h(
      "p",
      { class: "field-theirs" },
      t("conflict.now", shownValue(one.name, entry[one.name])),
      h(
        "button",
        {
          type: "button",
          class: "link",
          onclick: () => {
            one.value = entry[one.name];
            typedInto(one);
            note.remove();
            one.focus();
          },
        },
        t("conflict.take"),
      ),
    );
    one.node.append(note);
    return note;
  }

  function typedInto(one) {
    keepTyped(entry, one.name, one.value);
    one.fail(null);
    showState();
  }

  const typedHere = () => names.filter((name) => Object.hasOwn(draftOf(entry).typed, name));
  function showState() {
    const count = typedHere().length;
    save.disabled = count === 0;
    drop.hidden = count === 0;
    state.textContent = count === 0 ? "" : t("draft.count", count);
  }

  async function submit(version = entry.version) {
    const typed = draftOf(entry).typed;
    const json = Object.fromEntries(typedHere().map((name) => [name, typed[name]]));
    try {
      await change("PATCH", `/v1/ledger/${entry.entry_id}`, { json, version });
    } catch (error) {
      if (error.status !== 412) throw error;
      const now = await get(`/v1/ledger/${entry.entry_id}`);
      // The batch changed its own columns, nobody a column of people's: there is nothing to decide.
      if (now.human_version === entry.human_version && now.version !== version) return submit(now.version);
      return overtaken(now);
    }
    dropTyped(entry.entry_id, Object.keys(json));
    await reload(h("p", { class: "note good", role: "status" }, t("saved")));
    announce(t("saved"));
    return undefined;
  }

  async function overtaken(now) {
    const text = t("conflict.title", now.updated_by, moment(now.updated_at));
    await reload(h("div", { class: "note bad", role: "alert" }, h("p", {}, text), h("p", {}, t("conflict.about"))));
    announce(text);
  }

  drop.addEventListener("click", () => {
    dropTyped(entry.entry_id, names);
    for (const one of fields) {
      one.value = entry[one.name];
      one.fail(null);
    }
    for (const note of conflicts.values()) note.remove();
    showState();
    fields[0].focus();
  });
  showState();
  return formOf(
    { class: "work-form", novalidate: true },
    () => behind(save, () => submit(), (error) => showProblem(error, fields, notes)).then(showState),
    notes,
    groups.map(([group, columns]) =>
      h(
        "fieldset",
        { class: `columns columns-${group}` },
        h("legend", { class: "unseen" }, code("group", group)),
        columns.map((name) => fields.find((one) => one.name === name).node),
      ),
    ),
    h("div", { class: "actions form-foot" }, save, drop, state),
  );
}
