/** One entry in a drawer: the pair, its stage, and everything people and the machine say of it. */

import { get } from "./api.js";
import { openDrawer } from "./drawer.js";
import { h } from "./dom.js";
import { basisPanel } from "./entry-basis.js";
import { contactSection } from "./entry-contacts.js";
import { evidencePanel } from "./entry-evidence.js";
import { excludeSection } from "./entry-exclude.js";
import { gradePanel } from "./entry-grade.js";
import { historyPanel } from "./entry-history.js";
import { stageSection } from "./entry-stage.js";
import { teamPanel } from "./entry-team.js";
import { FOLLOW_UP, columnFacts, columnsForm } from "./entry-work.js";
import { moment, t } from "./i18n.js";
import { stageTag, standingTag } from "./ledger-table.js";
import { busyNote, problemNote } from "./notes.js";
import { repeatsNote } from "./repeats.js";
import { may, mayWork } from "./rights.js";
import { tabs } from "./tabs.js";

let lastTab = "work";

/** Open an entry. `past` is the entry as an earlier run left it, which nothing can be written into.
 *
 *  `onChange(entry)` is called with the entry as it is after every change.
 */
export function entryDrawer({ id, past, onClose, onChange }) {
  const aborter = new AbortController();
  const drawer = openDrawer({
    label: t("entry.number", id),
    onClose: () => {
      aborter.abort();
      onClose();
    },
  });
  const { body } = drawer;

  /** Read the entry anew and show it, with `note` on top. */
  async function reload(note = null) {
    const entry = await get(`/v1/ledger/${id}`, { original_columns: true }, aborter.signal);
    onChange(entry);
    show(entry, note);
    return entry;
  }

  function show(entry, note = null, { focus = true } = {}) {
    const isPast = past !== null;
    const context = { entry, isPast, reload, signal: aborter.signal, editable: mayWork(entry) && !isPast };
    const heading = h("h2", { tabindex: "-1", class: "pair" }, side("demand", entry), side("achievement", entry));
    const panels = [
      { name: "work", label: t("entry.tab.work"), show: (panel) => panel.append(workPanel(context)) },
      { name: "basis", label: t("entry.tab.basis"), show: (panel) => panel.append(basisPanel(entry, { isPast, signal: aborter.signal })) },
      { name: "grade", label: t("entry.tab.grade"), show: (panel) => panel.append(gradePanel(context)) },
      { name: "team", label: t("entry.tab.team"), show: (panel) => panel.append(teamPanel(context)) },
      { name: "evidence", label: t("entry.tab.evidence"), show: (panel) => panel.append(evidencePanel(context)) },
      { name: "history", label: t("entry.tab.history"), show: (panel) => panel.append(historyPanel(context)) },
    ];
    const keep = (name) => {
      lastTab = name;
    };
    body.replaceChildren(
      heading,
      h("p", { class: "entry-state" }, stageTag(entry), standingTag(entry), changedBy(entry)),
      isPast && h("p", { class: "note past" }, t("entry.past")),
      contactSection(context),
      note,
      !isPast && stageSection(context),
      tabs(t("entry.tabs"), isPast ? panels.slice(0, 2) : panels, lastTab, keep),
      may("run_park") && !isPast && excludeSection(context),
    );
    for (const one of [...body.childNodes]) if (one.nodeType === Node.TEXT_NODE) one.remove();
    if (note) note.scrollIntoView({ block: "nearest" });
    else if (focus) heading.focus({ preventScroll: true });
  }

  body.append(busyNote());
  if (past === null) reload().catch((error) => error.name === "AbortError" || body.replaceChildren(problemNote(error)));
  else show(past);
  return drawer;
}

function workPanel(context) {
  return context.editable ? columnsForm(context, FOLLOW_UP) : columnFacts(context.entry, FOLLOW_UP);
}

function side(one, entry) {
  const said = [entry[`${one}_organisation`], entry[`${one}_code`]].filter(Boolean);
  return h(
    "span",
    { class: `pair-side pair-${one}` },
    h("span", { class: "pair-name" }, t(`pair.${one}`)),
    h("a", { href: `#/${one}s/${entry[`${one}_id`]}` }, entry[`${one}_title`]),
    h("span", { class: "meta" }, said.map((text) => h("span", {}, text))),
    one === "achievement" && repeatsNote("achievements", entry.also),
  );
}

function changedBy(entry) {
  return entry.updated_at && h("span", { class: "meta" }, t("entry.changed", entry.updated_by, moment(entry.updated_at)));
}
