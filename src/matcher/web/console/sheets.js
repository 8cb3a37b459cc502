/** The ledger as a workbook: out to Excel or WPS, filled in, and back, with every change shown before it is made. */

import { address, download, get, post } from "./api.js";
import { announce, h } from "./dom.js";
import { behind, field, formOf, showProblem } from "./forms.js";
import { moment, t } from "./i18n.js";
import { busyNote, emptyNote, problemNote } from "./notes.js";
import { may } from "./rights.js";
import { cellTable, countsText, importCounts } from "./sheets-report.js";

/** The page. */
export function sheetsPage({ park, onLeave }) {
  const aborter = new AbortController();
  onLeave(() => aborter.abort());
  const history = h("section", { class: "card" }, busyNote());
  const preview = h("div", { class: "preview" });
  const reload = () => showHistory().catch((error) => error.name === "AbortError" || history.replaceChildren(problemNote(error)));

  async function showHistory() {
    const { items } = await get("/v1/ledger/imports", { park: park.code }, aborter.signal);
    history.replaceChildren(h("h2", {}, t("sheets.history")), items.length === 0 ? emptyNote(t("sheets.history.none")) : historyTable(items));
  }

  function historyTable(items) {
    return h(
      "div",
      { class: "scroll" },
      h(
        "table",
        {},
        h("thead", {}, h("tr", {}, ["no", "when", "files", "changes", "actor", "act"].map((name) => h("th", { scope: "col" }, t(`history.${name}`))))),
        h("tbody", {}, items.map(historyRow)),
      ),
    );
  }

  function historyRow(item) {
    const undo = h("button", { type: "button" }, t("import.undo"));
    const failed = (error) => preview.replaceChildren(problemNote(error));
    undo.addEventListener("click", () =>
      behind(undo, async () => {
        const answer = await post(`/v1/ledger/imports/${item.import_id}/undo`);
        preview.replaceChildren(h("section", { class: "card" }, h("h2", {}, t("import.undone", item.import_id)), importCounts(answer), cellTable(answer)));
        announce(t("import.undone", item.import_id));
        await showHistory();
      }, failed),
    );
    return h(
      "tr",
      {},
      h("td", { class: "number" }, item.import_id),
      h("td", { class: "number" }, moment(item.created_at)),
      h("td", {}, item.file),
      h("td", { class: "number" }, countsText(item.counts)),
      h("td", {}, item.actor),
      h("td", {}, item.undone_at ? h("span", { class: "tag" }, t("history.undone")) : may("work_ledger") && undo),
    );
  }

  reload();
  return h(
    "div",
    { class: "column wide" },
    h("div", { class: "page-head" }, h("div", {}, h("h1", {}, t("sheets.heading", park.name)), h("p", { class: "help" }, t("sheets.about"))), h("a", { class: "button", href: "#/ledger" }, t("sheets.back"))),
    h("div", { class: "two" }, exportCard(park), may("work_ledger") && importCard(park, preview, reload)),
    preview,
    history,
  );
}

function exportCard(park) {
  const notes = h("div", { class: "form-notes" });
  const unmask = field({ name: "unmask", kind: "check", label: t("sheets.unmask"), help: t("sheets.unmask.about") });
  const others = field({ name: "others", kind: "check", label: t("sheets.others"), help: t("sheets.others.about") });
  const original = field({ name: "original", kind: "check", label: t("sheets.original"), help: t("sheets.original.about") });
  const button = (format) => {
    const node = h("button", { type: "button" }, t(`sheets.${format}`));
    const query = () => ({ park: park.code, format, work: others.value ? null : true, original_columns: original.value ? true : null, unmask: unmask.value ? true : null });
    node.addEventListener("click", () =>
      behind(node, () => download("GET", address("/v1/ledger/export", query()), { name: `${park.name} ${t("sheets.name")}.${format}` }), (error) => showProblem(error, [], notes)),
    );
    return node;
  };
  return h(
    "section",
    { class: "card" },
    h("h2", {}, t("sheets.export")),
    h("p", { class: "help" }, t("sheets.export.about")),
    notes,
    others.node,
    original.node,
    may("unmask") && unmask.node,
    h("div", { class: "actions" }, button("xlsx"), button("csv")),
  );
}

function importCard(park, preview, reload) {
  const notes = h("div", { class: "form-notes" });
  const file = field({ name: "file", kind: "file", label: t("sheets.file"), accept: ".xlsx,.xls,.csv" });
  const look = h("button", { type: "submit", class: "primary" }, t("import.preview"));

  async function send(dryRun) {
    const [chosen] = file.control.files;
    if (chosen === undefined) {
      file.fail(t("evidence.file.missing"));
      return file.focus();
    }
    const form = new FormData();
    form.append("park", park.code);
    form.append("file", chosen);
    const answer = await post(`/v1/ledger/import?dry_run=${dryRun}`, { form });
    showProblem(null, [file], notes);
    show(answer, dryRun);
    if (!dryRun) await reload();
    return undefined;
  }

  function failed(error) {
    preview.replaceChildren();
    showProblem(error, [file], notes);
  }

  function show(answer, dryRun) {
    const applied = answer.rows_changed;
    const apply = h("button", { type: "button", class: "primary", disabled: applied === 0 }, applied === 0 ? t("import.nothing") : t("sheets.apply", applied));
    apply.addEventListener("click", () => behind(apply, () => send(false), failed));
    const heading = h("h2", { tabindex: "-1" }, t(dryRun ? "import.preview.title" : "import.done"));
    preview.replaceChildren(
      h("section", { class: "card" }, heading, dryRun && h("p", { class: "help" }, t("sheets.preview.about")), importCounts(answer), cellTable(answer), dryRun && h("div", { class: "actions" }, apply)),
    );
    heading.focus();
  }

  file.control.addEventListener("change", () => preview.replaceChildren());
  return formOf(
    { class: "card", novalidate: true },
    () => behind(look, () => send(true), failed),
    h("h2", {}, t("sheets.import")),
    h("p", { class: "help" }, t("sheets.import.about")),
    notes,
    file.node,
    h("div", { class: "actions" }, look),
  );
}
