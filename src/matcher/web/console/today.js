/** The morning's page of a park: what is due, what the night changed and why, and what has no supply. */

import { download, get } from "./api.js";
import { diffSections } from "./diff.js";
import { h } from "./dom.js";
import { behind } from "./forms.js";
import { code, moment, t } from "./i18n.js";
import { ledgerAddress } from "./ledger.js";
import { dayMark, stageTag } from "./ledger-table.js";
import { busyNote, emptyNote, problemNote } from "./notes.js";

const DUTIES = ["overdue", "due", "returns", "trials"];
const COUNTS = [...DUTIES, "new", "changed", "vanished", "abstentions"];
const SHOWN = 8;

/** The page. */
export function todayPage({ park, onLeave }) {
  const aborter = new AbortController();
  onLeave(() => aborter.abort());
  const path = `/v1/parks/${encodeURIComponent(park.code)}/brief`;
  const notes = h("div", { class: "form-notes" });
  const body = h("div", { class: "stack" }, busyNote());
  const about = h("p", { class: "help" });
  const workbook = h("button", { type: "button" }, t("today.download"));
  workbook.addEventListener("click", () =>
    behind(workbook, () => download("GET", `${path}/export?work=true`, { name: `${park.name} ${t("today.workbook")}.xlsx` }), (error) => notes.replaceChildren(problemNote(error))),
  );

  function show(brief) {
    about.textContent = brief.since === null || brief.run === null ? t("today.first") : t("today.since", brief.run.run_id, brief.since.run_id, moment(brief.since.finished_at ?? brief.since.started_at));
    const past = brief.run === null ? null : `#/runs/${brief.run.run_id}`;
    body.replaceChildren(
      counts(brief),
      h(
        "div",
        { class: "today-grid" },
        h("section", { class: "card", id: "duties" }, h("h2", {}, t("today.duties")), ...duties(brief, (cursor) => get(path, { work: true, cursor }, aborter.signal))),
        h("section", { class: "card", id: "changes" }, h("h2", {}, t("today.changes")), ...diffSections({ ...brief, kept: brief.counts.kept }, { limit: SHOWN, more: past, counts: brief.counts }),
          brief.counts.folded > 0 && h("p", { class: "meta" }, h("a", { href: past }, t("today.folded", brief.counts.folded)))),
      ),
      stages(brief.stages),
    );
  }

  get(path, { work: true }, aborter.signal)
    .then(show)
    .catch((error) => error.name === "AbortError" || body.replaceChildren(problemNote(error)));
  return h(
    "div",
    { class: "column wide" },
    h("div", { class: "page-head" }, h("div", {}, h("h1", {}, t("today.heading", park.name)), about), h("div", { class: "actions" }, workbook)),
    notes,
    body,
  );
}

/** The numbers of the day; each leads to its list. */
function counts({ counts: held }) {
  const to = { abstentions: "#/abstentions" };
  const jump = (name) => (event) => {
    if (to[name]) return;
    event.preventDefault();
    const target = document.getElementById(DUTIES.includes(name) ? "duties" : "changes");
    const part = target.querySelector(`[data-part="${name}"]`) ?? target;
    part.scrollIntoView({ block: "start" });
  };
  return h(
    "dl",
    { class: "counts eight card-like" },
    COUNTS.map((name) =>
      h(
        "div",
        { class: held[name] > 0 ? `count-${name}` : "zero" },
        h("dt", {}, h("a", { href: to[name] ?? `#/today`, onclick: jump(name) }, t(`today.${name}`))),
        h("dd", {}, held[name]),
      ),
    ),
  );
}

/** What is due, part by part; `following` fetches the page of the brief at a cursor. */
function duties(brief, following) {
  const parts = DUTIES.filter((name) => brief[name].length > 0);
  if (parts.length === 0) return [emptyNote(t("today.duties.none"), t("today.duties.none.about"))];
  return parts.map((name) => {
    const items = brief[name].map((one) => h("li", {}, duty(one)));
    const list = h("ul", { class: "due-list" }, items);
    return h(
      "section",
      { class: "diff", "data-part": name },
      h("h3", {}, t(`today.${name}`), h("span", { class: "count" }, brief.counts[name])),
      list,
      rest(list, name, brief, following),
    );
  });
}

/** A button that fetches what a list of duties has left, a page at a time; nothing where it is whole. */
function rest(list, name, brief, following) {
  const left = () => brief.counts[name] - list.childElementCount;
  let cursor = brief.next_cursor;
  if (left() <= 0 || cursor === null) return null;
  const notes = h("div");
  const button = h("button", { type: "button" }, t("diff.more", left()));
  const fetched = async () => {
    const page = await following(cursor);
    list.append(...page[name].map((one) => h("li", {}, duty(one))));
    cursor = page.next_cursor;
    if (left() <= 0 || cursor === null) button.remove();
    else button.textContent = t("diff.more", left());
  };
  button.addEventListener("click", () => behind(button, fetched, (error) => notes.replaceChildren(problemNote(error))));
  return [button, notes];
}

function duty({ kind, due_on: day, entry }) {
  const people = [entry.owner, entry.technology_manager].filter(Boolean);
  return [
    h("span", { class: "due" }, dayMark(day)),
    h(
      "div",
      {},
      h("p", {}, h("b", {}, kind === "action" && entry.next_action ? entry.next_action : code("due_kind", kind))),
      h("p", {}, h("a", { href: `#/ledger/${entry.entry_id}` }, entry.achievement_title)),
      h("p", { class: "meta" }, h("span", {}, t("diff.for", entry.demand_title)), people.map((name) => h("span", {}, name)), stageTag(entry)),
    ),
  ];
}

/** How many entries stand at each stage, each leading to its list. */
function stages(items) {
  return h(
    "section",
    { class: "card" },
    h("h2", {}, t("today.stages")),
    h(
      "dl",
      { class: "counts ten" },
      items.map(({ stage, entries }) =>
        h("div", { class: entries > 0 ? null : "zero" }, h("dt", {}, h("a", { href: ledgerAddress({ stage }) }, code("stage", stage))), h("dd", {}, entries)),
      ),
    ),
  );
}
