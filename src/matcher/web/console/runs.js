/** Runs of the matching: the last one in the page's head, all of them on a page, and what each of them changed. */

import { Problem, get, post } from "./api.js";
import { diffCounts, diffSections } from "./diff.js";
import { announce, h } from "./dom.js";
import { duration, moment, t } from "./i18n.js";
import { ledgerAddress } from "./ledger.js";
import { busyNote, emptyNote, problemNote } from "./notes.js";
import { may } from "./rights.js";

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

/** The page of runs, or of one run and what it changed in the park. */
export function runsPage({ id, park, onLeave }) {
  const aborter = new AbortController();
  onLeave(() => aborter.abort());
  return id === null ? allRuns(park, aborter.signal) : oneRun(id, park, aborter.signal);
}

function allRuns(park, signal) {
  const table = h("div", { class: "scroll" }, busyNote());
  const notes = h("div", {});
  const start = h("button", { type: "button", class: "primary" }, t("run.start"));
  start.addEventListener("click", async () => {
    start.disabled = true;
    notes.replaceChildren();
    try {
      await startRun();
      await show();
    } catch (error) {
      notes.replaceChildren(problemNote(error));
    } finally {
      start.disabled = false;
    }
  });

  async function show() {
    const { items } = await get("/v1/runs", { limit: 20 }, signal);
    table.replaceChildren(items.length === 0 ? emptyNote(t("run.none"), t("run.none.about")) : runTable(items, park));
    if (items.some((run) => run.status === "running")) setTimeout(() => signal.aborted || load(), POLL);
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
      may("start_run") && h("div", { class: "actions" }, start),
      notes,
      table,
    ),
  );
}

function oneRun(id, park, signal) {
  const facts = h("div", { class: "stack" }, busyNote());
  const changes = h("div", { class: "stack" });
  get(`/v1/runs/${id}`, {}, signal)
    .then((run) => facts.replaceChildren(runFacts(run)))
    .catch((error) => error.name === "AbortError" || facts.replaceChildren(problemNote(error)));
  if (park !== null) {
    get(`/v1/runs/${id}/diff`, { park: park.code }, signal)
      .then((diff) => changes.replaceChildren(diffCounts(diff), ...diffSections(diff)))
      .catch((error) => error.name === "AbortError" || changes.replaceChildren(problemNote(error)));
  }
  return h(
    "div",
    { class: "column wide" },
    h(
      "section",
      { class: "card" },
      h("div", { class: "page-head" }, h("h1", {}, t("runs.one", id)), h("div", { class: "actions" }, h("a", { class: "button", href: ledgerAddress({ as_of: id }) }, t("runs.as_of")), h("a", { class: "button", href: "#/runs" }, t("runs.all")))),
      facts,
    ),
    park && h("section", { class: "card" }, h("h2", {}, t("runs.diff", park.name)), changes),
  );
}

/** What the figures of a run depend on, so that any past night can be told apart from another. */
function runFacts(run) {
  const facts = {
    status: t(`run.${run.status}`),
    started: moment(run.started_at),
    seconds: duration(run.started_at, run.finished_at),
    trigger: t(`trigger.${run.trigger}`),
    code_version: run.code_version,
    encoder_id: run.encoder_id,
    scorer: run.scorer,
    calibration: run.calibration ?? t("probability.none"),
    catalogue_revision: run.catalogue_revision,
  };
  const { encoded, truncated, max_tokens } = run.counts;
  if (truncated > 0) facts.truncated = t("runs.truncated_texts", encoded, truncated, max_tokens);
  return h("dl", { class: "facts" }, Object.entries(facts).map(([name, value]) => h("div", {}, h("dt", {}, t(`runs.${name}`)), h("dd", {}, value))));
}

function runTable(runs, park) {
  const columns = ["id", "status", "started", "seconds", "trigger", "lists", ...CHANGES];
  return h(
    "table",
    {},
    h(
      "thead",
      {},
      h("tr", {}, columns.map((name) => h("th", { scope: "col", class: CHANGES.includes(name) ? "number" : null }, t(`runs.${name}`))), park && h("th", { scope: "col" }, t("runs.look"))),
    ),
    h("tbody", {}, runs.map((run) => runRow(run, park))),
  );
}

function runRow(run, park) {
  const counts = run.counts ?? {};
  const lists = counts.demands === undefined ? "—" : `${counts.demands} × ${counts.achievements}`;
  const links = [h("a", { href: `#/runs/${run.run_id}` }, t("runs.changes")), h("a", { href: ledgerAddress({ as_of: run.run_id }) }, t("runs.then"))];
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
    park && h("td", { class: "links" }, run.status === "succeeded" && links),
  );
}
