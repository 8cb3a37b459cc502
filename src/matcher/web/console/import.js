/** A list file is looked at first (nothing is written), then imported; every import can be undone as a whole. */

import { download, get, post } from "./api.js";
import { announce, h } from "./dom.js";
import { inLanguage, moment, t } from "./i18n.js";
import { emptyNote, problemNote } from "./notes.js";
import { parkName } from "./parks.js";
import { may } from "./rights.js";
import { startRun } from "./runs.js";

const COUNTS = ["rows", "created", "updated", "unchanged", "withdrawn", "rejected"];
const RENAMES = ["ask", "same", "new"];
const HIDDEN = ["skip", "include"];
const SHOWN = 200;
const NAMED = 5;

/** The files and their preview, kept while the operator looks at other pages. */
const kept = { side: "demands", files: [], options: {}, report: null, park: null };

/** The page: files and options, the preview with its bad cells, and past imports. */
export function importPage({ park }) {
  if (kept.park !== park.code) Object.assign(kept, { park: park.code, report: null });
  const maySupply = may("write_supply");
  if (!maySupply) kept.side = "demands";
  const preview = h("div", { class: "preview" });
  const history = h("div", { class: "history" });
  const options = () => ({ source: "", full: false, overwrite: false, renames: "ask", hidden: "skip", ...kept.options });

  function form({ dryRun }) {
    const body = new FormData();
    for (const file of kept.files) body.append("file", file);
    const { source, full, overwrite, renames, hidden } = options();
    if (kept.side === "demands") body.append("park", park.code);
    else body.append("source", source);
    body.append("dry_run", dryRun);
    body.append("full", full);
    body.append("overwrite", overwrite);
    body.append("renames", renames);
    body.append("hidden", hidden);
    return body;
  }

  async function send(dryRun, button) {
    button.disabled = true;
    preview.setAttribute("aria-busy", "true");
    try {
      kept.report = await post(`/v1/${kept.side}/import`, { form: form({ dryRun }) });
      if (!dryRun) await showHistory();
      showReport();
      announce(t(dryRun ? "import.previewed" : "import.done"));
      preview.scrollIntoView({ block: "nearest" });
    } catch (error) {
      preview.replaceChildren(problemNote(error));
    } finally {
      button.disabled = false;
      preview.removeAttribute("aria-busy");
    }
  }

  const files = h("input", {
    type: "file",
    id: "files",
    multiple: true,
    required: kept.files.length === 0,
    accept: ".xlsx,.xls,.csv,.jsonl",
    class: "unseen",
    onchange: () => take(files.files),
  });
  const take = (given) => {
    Object.assign(kept, { files: [...given], report: null });
    files.required = kept.files.length === 0;
    showFiles();
    preview.replaceChildren();
  };
  const names = h("ul", { class: "file-names" });
  const drop = (event) => {
    event.preventDefault();
    take(event.dataTransfer.files);
  };
  const showFiles = () => names.replaceChildren(...kept.files.map((file) => h("li", {}, file.name)));
  const change = (values) => {
    Object.assign(kept.options, values);
    kept.report = null;
    preview.replaceChildren();
  };

  const source = h("input", {
    id: "source",
    value: options().source,
    placeholder: t("import.source.example"),
    oninput: () => change({ source: source.value }),
  });
  const sourceField = h(
    "div",
    { class: "field", hidden: kept.side !== "achievements" },
    h("label", { for: "source" }, t("import.source")),
    source,
    h("p", { class: "help" }, t("import.source.about")),
  );

  const sideChoice = (side) =>
    h(
      "label",
      {},
      h("input", {
        type: "radio",
        name: "list",
        checked: kept.side === side,
        onchange: () => {
          Object.assign(kept, { side, report: null });
          sourceField.hidden = side !== "achievements";
          preview.replaceChildren();
        },
      }),
      t(`import.side.${side}`, park.name),
    );

  const check = (name) =>
    h(
      "label",
      { class: "option" },
      h("input", { type: "checkbox", checked: options()[name], onchange: (event) => change({ [name]: event.target.checked }) }),
      h("span", {}, t(`import.${name}`), " ", h("code", {}, `--${name}`)),
    );
  const renames = h(
    "select",
    { id: "renames", onchange: () => change({ renames: renames.value }) },
    RENAMES.map((name) => h("option", { value: name, selected: options().renames === name }, t(`import.renames.${name}`))),
  );

  const hidden = h(
    "select",
    { id: "hidden", onchange: () => change({ hidden: hidden.value }) },
    HIDDEN.map((name) => h("option", { value: name, selected: options().hidden === name }, t(`import.hidden.${name}`))),
  );

  const look = h("button", { type: "submit", class: "primary" }, t("import.preview"));
  const ask = h(
    "form",
    { class: "card" },
    h("h1", {}, t("import.heading")),
    h("p", { class: "help" }, t("import.about")),
    h("fieldset", { class: "choices" }, h("legend", {}, t("import.list")), sideChoice("demands"), maySupply && sideChoice("achievements")),
    sourceField,
    h(
      "div",
      { class: "field" },
      h("span", { class: "label" }, t("import.files")),
      h(
        "div",
        { class: "drop", ondragover: (event) => event.preventDefault(), ondrop: drop },
        files,
        h("label", { for: "files", class: "button" }, t("import.choose")),
        h("span", { class: "help" }, t("import.drop")),
        names,
      ),
      h("p", { class: "help" }, t("import.files.about")),
    ),
    h(
      "details",
      { class: "options" },
      h("summary", {}, t("import.options")),
      check("full"),
      check("overwrite"),
      h("div", { class: "option" }, h("label", { for: "renames" }, t("import.renames"), " ", h("code", {}, "--renames")), renames),
      h("div", { class: "option" }, h("label", { for: "hidden" }, t("import.hidden"), " ", h("code", {}, "--hidden")), hidden),
    ),
    h(
      "div",
      { class: "actions" },
      look,
      h("span", { class: "templates" }, t("import.templates"), template("demands"), template("achievements")),
    ),
  );
  ask.addEventListener("submit", (event) => {
    event.preventDefault();
    send(true, look);
  });

  function template(side) {
    const save = (event) => run(event.target, () => download("GET", `/v1/templates/${side}.xlsx`, { name: `${t(`import.template.${side}`)}.xlsx` }));
    return h("button", { type: "button", class: "link", onclick: save }, t(`import.template.${side}`));
  }

  /** Do something behind a button, and show what goes wrong beneath it. */
  async function run(button, act) {
    button.disabled = true;
    try {
      await act();
    } catch (error) {
      preview.replaceChildren(problemNote(error));
    } finally {
      button.disabled = false;
    }
  }

  function showReport() {
    const report = kept.report;
    const changes = report.created + report.updated + report.withdrawn;
    const rejects = (event) =>
      run(event.target, () => download("POST", `/v1/${kept.side}/import/rejects`, { form: form({ dryRun: true }), name: `${t("import.rejects.name")}.xlsx` }));
    const confirm = h(
      "button",
      { type: "button", class: "primary", disabled: changes === 0, onclick: () => send(false, confirm) },
      changes === 0 ? t("import.nothing") : t("import.confirm", changes),
    );
    preview.replaceChildren(
      h(
        "section",
        { class: "card report" },
        h("h2", {}, t(report.dry_run ? "import.preview.title" : "import.done")),
        h("p", { class: "help" }, t(report.dry_run ? "import.preview.about" : "import.done.about")),
        h(
          "dl",
          { class: "counts" },
          COUNTS.map((name) =>
            h("div", { class: report[name] > 0 ? `count-${name}` : "zero" }, h("dt", {}, t(`count.${name}`)), h("dd", {}, report[name])),
          ),
        ),
        h(
          "div",
          { class: "actions" },
          report.dry_run && confirm,
          report.rejected > 0 && report.dry_run && h("button", { type: "button", onclick: rejects }, t("import.rejects")),
          !report.dry_run && report.import_id !== null && undoButton(report.import_id),
          !report.dry_run && h("button", { type: "button", onclick: (event) => run(event.target, startRun) }, t("run.start")),
        ),
        columnTable(report.columns),
        problemTable(report.problems),
        skippedTable(report.skipped),
      ),
    );
  }

  function undoButton(id) {
    const button = h(
      "button",
      {
        type: "button",
        onclick: () =>
          run(button, async () => {
            await post(`/v1/imports/${id}/undo`);
            kept.report = null;
            preview.replaceChildren(emptyNote(t("import.undone", id), t("import.undone.about")));
            announce(t("import.undone", id));
            await showHistory();
          }),
      },
      t("import.undo"),
    );
    return button;
  }

  async function showHistory() {
    const { items } = await get("/v1/imports");
    history.replaceChildren(
      h("h2", {}, t("import.history")),
      items.length === 0
        ? emptyNote(t("import.history.none"))
        : h(
            "div",
            { class: "scroll" },
            h(
              "table",
              {},
              h("thead", {}, h("tr", {}, ["no", "when", "list", "files", "changes", "actor", "act"].map((name) => h("th", { scope: "col" }, t(`history.${name}`))))),
              h("tbody", {}, items.map(historyRow)),
            ),
          ),
    );
  }

  function historyRow(item) {
    const counts = Object.entries(item.counts).filter(([name, count]) => COUNTS.includes(name) && count > 0 && name !== "unchanged");
    return h(
      "tr",
      {},
      h("td", { class: "number" }, item.import_id),
      h("td", { class: "number" }, moment(item.created_at)),
      h("td", {}, t(item.side === "demand" ? "nav.demands" : "nav.achievements"), " ", h("span", { class: "meta" }, item.park ? parkName(item.park) : item.source)),
      h("td", {}, item.files.join("、")),
      h("td", { class: "number" }, counts.map(([name, count]) => `${t(`count.${name}`)} ${count}`).join(" · ")),
      h("td", {}, item.actor),
      h("td", {}, item.undone_at ? h("span", { class: "tag" }, t("history.undone")) : undoButton(item.import_id)),
    );
  }

  showFiles();
  if (kept.report) showReport();
  showHistory().catch((error) => history.replaceChildren(problemNote(error)));
  return h("div", { class: "column wide" }, ask, preview, h("section", { class: "card" }, history));
}

/** The columns that no field takes: how full they are, a sample, and what they seem to hold. */
function columnTable(columns) {
  const left = columns.filter(({ state }) => state === "kept" || state === "unread");
  if (left.length === 0) return null;
  const heads = ["heading", "filled", "sample", "proposal"];
  return h(
    "div",
    { class: "unmapped" },
    h("h3", {}, t("columns.title"), h("span", { class: "count" }, left.length)),
    h("p", { class: "help" }, t("columns.about", columns.length - left.length)),
    h(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-label": t("columns.title") },
      h(
        "table",
        {},
        h("thead", {}, h("tr", {}, heads.map((name) => h("th", { scope: "col" }, t(`columns.${name}`))))),
        h("tbody", {}, left.slice(0, SHOWN).map(columnRow)),
      ),
    ),
  );
}

function columnRow({ sheet, column, heading, filled, sample, proposal }) {
  return h(
    "tr",
    {},
    h("td", {}, `${column} ${heading}`, sheet && h("span", { class: "meta block" }, sheet)),
    h("td", { class: "number" }, `${Math.round(filled * 100)}%`),
    h("td", {}, sample || "—"),
    h("td", {}, proposal ? [h("code", {}, proposal.maps_to), " ", inLanguage(proposal.reason, proposal.reason_en)] : "—"),
  );
}

/** Every bad cell: where it is, what is wrong, and what to do about it. */
function problemTable(problems) {
  if (problems.length === 0) return h("p", { class: "note good" }, t("problems.none"));
  const columns = ["severity", "file", "row", "column", "message"];
  return h(
    "div",
    { class: "problems" },
    h("h3", {}, t("problems.title"), h("span", { class: "count" }, problems.length)),
    h(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-label": t("problems.title") },
      h(
        "table",
        {},
        h("thead", {}, h("tr", {}, columns.map((name) => h("th", { scope: "col" }, t(`problem.${name}`))))),
        h("tbody", {}, problems.slice(0, SHOWN).map(problemRow)),
      ),
    ),
    problems.length > SHOWN && h("p", { class: "help" }, t("problems.more", problems.length - SHOWN)),
  );
}

/** What was left out on purpose, one line for each reason: where, how much, and how it begins. */
function skippedTable(skipped) {
  if (skipped.length === 0) return null;
  const columns = ["file", "where", "text", "message"];
  const count = skipped.reduce((sum, entry) => sum + entry.count, 0);
  return h(
    "div",
    { class: "skipped" },
    h("h3", {}, t("skipped.title"), h("span", { class: "count" }, count)),
    h(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-label": t("skipped.title") },
      h(
        "table",
        {},
        h("thead", {}, h("tr", {}, columns.map((name) => h("th", { scope: "col" }, t(`skipped.${name}`))))),
        h("tbody", {}, skipped.map(skippedRow)),
      ),
    ),
  );
}

function skippedRow(entry) {
  const numbers = entry.rows.slice(0, NAMED).map((row) => row.row).join("、");
  const rows = entry.count > NAMED ? t("skipped.many", numbers, entry.count) : numbers;
  return h(
    "tr",
    {},
    h("td", {}, entry.file, entry.sheet && h("span", { class: "meta block" }, entry.sheet)),
    h("td", { class: "number" }, entry.columns.length > 0 ? entry.columns.join("、") : rows),
    h("td", {}, entry.rows.length > 0 ? entry.rows[0].text : "—"),
    h("td", { class: "message" }, inLanguage(entry.message, entry.message_en)),
  );
}

function problemRow(problem) {
  return h(
    "tr",
    {},
    h("td", {}, h("span", { class: problem.severity === "rejected" ? "tag bad" : "tag warn" }, t(`severity.${problem.severity}`))),
    h("td", {}, problem.file, problem.sheet && h("span", { class: "meta block" }, problem.sheet)),
    h("td", { class: "number" }, problem.row ?? "—"),
    h("td", {}, problem.column || "—"),
    h("td", { class: "message" }, inLanguage(problem.message, problem.message_en)),
  );
}
