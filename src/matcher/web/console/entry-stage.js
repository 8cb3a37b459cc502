/** The stage of an entry: the line it goes along, and the moves that are open from here. */

import { change } from "./api.js";
import { CODES, LINE } from "./codes.js";
import { announce, h } from "./dom.js";
import { behind, field, formOf, showProblem } from "./forms.js";
import { code, column, t, today } from "./i18n.js";

/** The line of stages and the buttons of an entry. */
export function stageSection({ entry, reload, editable }) {
  const ask = h("div", { class: "stage-ask" });
  const notes = h("div", { class: "stage-notes" });
  const moves = editable ? [...entry.moves, ...(entry.stage === "paused" ? ["paused"] : [])] : [];

  async function move(to, more = {}) {
    const json = { stage: to, ...more };
    await change("POST", `/v1/ledger/${entry.entry_id}/stage`, { json, version: entry.version });
    await reload(h("p", { class: "note good", role: "status" }, t("stage.moved", code("stage", to))));
    announce(t("stage.moved", code("stage", to)));
  }

  async function failed(error, fields = []) {
    if (error.status !== 412 && error.code !== "illegal_move") return showProblem(error, fields, notes);
    await reload(h("p", { class: "note bad", role: "alert" }, error.text));
    return undefined;
  }

  function button(to, place) {
    const node = h("button", { type: "button", class: place === 0 && to !== "ended" ? "primary" : null }, moveLabel(entry, to));
    if (to === "ended" || to === "paused") node.addEventListener("click", () => showAsk(to));
    else node.addEventListener("click", () => behind(node, () => move(to), failed));
    return node;
  }

  function showAsk(to) {
    const fields = to === "ended" ? [endReason()] : [returnDay(entry), heldUp(entry)];
    const go = h("button", { type: "submit", class: "primary" }, moveLabel(entry, to).replace("…", ""));
    const drop = h("button", { type: "button", onclick: () => ask.replaceChildren() }, t("cancel"));
    const given = () => Object.fromEntries(fields.map((one) => [one.name, one.value]));
    const form = formOf(
      { class: "inline", novalidate: true },
      () => behind(go, () => move(to, given()), (error) => failed(error, fields)),
      fields.map((one) => one.node),
      h("div", { class: "actions" }, go, drop),
    );
    ask.replaceChildren(form);
    fields[0].focus();
  }

  return h(
    "section",
    { class: "stage-section", "aria-label": column("stage") },
    h("ol", { class: "line" }, LINE.map((one) => h("li", stepState(entry, one), h("span", {}, code("stage", one))))),
    aside(entry),
    moves.length > 0 && h("div", { class: "actions moves" }, moves.map(button)),
    ask,
    notes,
  );
}

/** Where an entry is on the line; what is paused is still where it was. */
function stepState(entry, one) {
  const at = LINE.indexOf(entry.stage === "paused" ? entry.paused_from : entry.stage);
  const place = LINE.indexOf(one);
  return { class: place < at ? "done" : null, "aria-current": place === at ? "step" : null };
}

function aside(entry) {
  if (entry.stage === "paused") return h("p", { class: "help" }, t("stage.paused", entry.return_on));
  if (entry.stage !== "ended") return null;
  const reason = entry.decline_code ? code("decline_code", entry.decline_code) : code("stall_code", entry.stall_code);
  return h("p", { class: "help" }, t("stage.ended", reason));
}

function moveLabel(entry, to) {
  const name = code("stage", to);
  if (to === "ended") return t("stage.end");
  if (to === "paused") return t(entry.stage === "paused" ? "stage.pause_longer" : "stage.pause");
  if (entry.stage === "paused" || entry.stage === "ended") return t("stage.resume", name);
  return t(LINE.indexOf(to) > LINE.indexOf(entry.stage) ? "stage.on" : "stage.back", name);
}

const codes = (kind, left = []) => Object.keys(CODES[kind]).filter((one) => !left.includes(one)).map((one) => [one, code(kind, one)]);

function endReason() {
  const options = [
    { label: column("decline_code"), options: codes("decline_code") },
    { label: column("stall_code"), options: codes("stall_code", ["other"]) },
  ];
  return field({ name: "reason", kind: "select", label: column("decline_code"), required: true, options });
}

function heldUp(entry) {
  return field({ name: "reason", kind: "select", label: t("stage.held_up"), value: entry.stall_code, options: codes("stall_code") });
}

function returnDay(entry) {
  return field({ name: "return_on", kind: "date", label: column("return_on"), min: nextDay(), value: entry.return_on, required: true });
}

function nextDay() {
  return new Date(Date.parse(today()) + 86_400_000).toISOString().slice(0, 10);
}
