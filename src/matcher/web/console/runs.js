/** Runs of the matching: the last one in the page's head, all of them on a page, and the ledger's workbook. */

import { Problem, download, get, post } from "./api.js";
import { announce, h } from "./dom.js";
import { duration, moment, t } from "./i18n.js";
import { busyNote, emptyNote, problemNote } from "./notes.js";

const POLL = 1500;
const CHANGES = ["entries_created", "entries_changed", "entries_kept", "entries_vanished"];

/** The state of the last run, as a link to the page of runs. */
export function runState() {
  const link = h("a", { class: "run-state", href: "#/runs", hidden: true });
  const show = async () => {
    const [run] = (await get("/v1/runs", { limit: 1 })).items;
    link.hidden = false;
    link.replaceChildren(
      h("i", { class: `dot ${run?.status ?? "none"}` }),
      run ? `${t(`run.${run.status}`)} ${moment(run.finished_at ?? run.started_at)}` : t("run.none"),
    );
    if (run?.status === "running") setTimeout(() => link.isConnected && refresh(), POLL);
  };
  const refresh = () =>
    show().catch((error) => {
      if (!(error instanceof Problem)) throw error;
      link.hidden = true;
    });
  link.addEventListener("run-changed", refresh);
  refresh();
  return link;
}

/** Start a run; the page's head follows it. */
export async function startRun() {
  const run = await post("/v1/runs");
  document.querySelector(".run-state")?.dispatchEvent(new Event("run-changed"));
  announce(t("run.started"));
  return run;
}

/** The page of runs. */
export function runsPage({ park, onLeave, session }) {
  const aborter = new AbortController();
  onLeave(() => aborter.abort());
  const table = h("div", { class: "scroll" }, busyNote());
  const notes = h("div", {});
  const start = h("button", { type: "button", class: "primary" }, t("run.start"));
  const act = (button, work) => async () => {
    button.disabled = true;
    notes.replaceChildren();
    try {
      await work();
    } catch (error) {
      notes.replaceChildren(problemNote(error));
    } finally {
      button.disabled = false;
    }
  };
  start.addEventListener("click", act(start, async () => {
    await startRun();
    await show();
  }));
  const workbook = h("button", { type: "button", disabled: park === null }, t("ledger.export", park?.name ?? ""));
  workbook.addEventListener("click", act(workbook, () =>
    download("GET", `/v1/ledger/export?park=${encodeURIComponent(park.code)}`, { name: `${park.name} ${t("ledger.name")}.xlsx` }),
  ));

  async function show() {
    const { items } = await get("/v1/runs", { limit: 20 }, aborter.signal);
    table.replaceChildren(items.length === 0 ? emptyNote(t("run.none"), t("run.none.about")) : runTable(items));
    if (items.some((run) => run.status === "running")) setTimeout(() => aborter.signal.aborted || load(), POLL);
  }
  const load = () =>
    show().catch((error) => {
      if (error.name !== "AbortError") notes.replaceChildren(problemNote(error));
    });
  load();
  return h(
    "div",
    { class: "column wide" },
    h(
      "section",
      { class: "card" },
      h("h1", {}, t("runs.heading")),
      h("p", { class: "help" }, t("runs.about")),
      h("div", { class: "actions" }, session.role !== "reader" && start, workbook),
      notes,
      table,
    ),
  );
}

function runTable(runs) {
  const columns = ["id", "status", "started", "seconds", "trigger", "lists", ...CHANGES];
  return h(
    "table",
    {},
    h("thead", {}, h("tr", {}, columns.map((name) => h("th", { scope: "col", class: CHANGES.includes(name) ? "number" : null }, t(`runs.${name}`))))),
    h("tbody", {}, runs.map(runRow)),
  );
}

function runRow(run) {
  const counts = run.counts ?? {};
  const lists = counts.demands === undefined ? "—" : `${counts.demands} × ${counts.achievements}`;
  return h(
    "tr",
    {},
    h("td", { class: "number" }, run.run_id),
    h("td", {}, h("i", { class: `dot ${run.status}` }), t(`run.${run.status}`), run.error && h("span", { class: "meta block" }, run.error)),
    h("td", { class: "number" }, moment(run.started_at)),
    h("td", { class: "number" }, duration(run.started_at, run.finished_at)),
    h("td", {}, t(`trigger.${run.trigger}`), h("span", { class: "meta block" }, run.actor)),
    h("td", { class: "number" }, lists),
    CHANGES.map((name) => h("td", { class: "number" }, counts[name] ?? "—")),
  );
}
