/** The enterprise's grade of a match, the research unit's answer, and what was seen when each grade was given. */

import { change, get } from "./api.js";
import { CODES } from "./codes.js";
import { announce, h } from "./dom.js";
import { behind, field, formOf, showProblem } from "./forms.js";
import { code, figure, listed, moment, t } from "./i18n.js";
import { emptyNote, problemNote } from "./notes.js";

const GRADES = [0, 1, 2, 3];

/** The panel. */
export function gradePanel(context) {
  const past = h("div", {});
  get(`/v1/ledger/${context.entry.entry_id}/grades`, {}, context.signal)
    .then(({ items }) => past.replaceChildren(items.length === 0 && !context.editable ? emptyNote(t("grade.none")) : pastGrades(items)))
    .catch((error) => error.name === "AbortError" || past.replaceChildren(problemNote(error)));
  return h("div", { class: "stack" }, context.editable && gradeForm(context), context.editable && context.entry.grade !== null && replyForm(context), past);
}

function gradeForm({ entry, reload }) {
  const notes = h("div", {});
  const error = h("p", { class: "field-error", hidden: true });
  const choices = GRADES.map((grade) => h("input", { type: "radio", name: "grade", value: grade, checked: entry.grade === grade }));
  const choice = h(
    "fieldset",
    { class: "grades" },
    h("legend", {}, t("grade.ask")),
    choices.map((input, grade) => h("label", {}, input, h("span", {}, h("b", {}, grade), " ", t(`grade.${grade}`)))),
    error,
  );
  const grade = {
    name: "grade",
    fail: (text) => {
      error.hidden = !text;
      error.textContent = text ?? "";
    },
    focus: () => (choices.find((one) => one.checked) ?? choices[0]).focus(),
  };
  const codes = Object.keys(CODES.decline_code).map((one) => [one, code("decline_code", one)]);
  const declined = field({ name: "decline", kind: "select", label: t("grade.decline"), options: codes, help: t("grade.decline.about") });
  const reason = field({ name: "reason", kind: "textarea", label: t("grade.reason"), value: entry.grade_reason });
  const save = h("button", { type: "submit", class: "primary" }, t("grade.save"));

  async function act() {
    const chosen = choices.find((one) => one.checked);
    if (chosen === undefined) {
      grade.fail(t("grade.missing"));
      grade.focus();
      return;
    }
    const json = { grade: Number(chosen.value), reason: reason.value || declined.value || "" };
    await change("POST", `/v1/ledger/${entry.entry_id}/grade`, { json, version: entry.version });
    await reload(h("p", { class: "note good", role: "status" }, t("grade.saved")));
    announce(t("grade.saved"));
  }

  return formOf({ class: "grade-form", novalidate: true }, () => behind(save, act, (problem) => showProblem(problem, [grade, reason], notes)), notes, choice, declined.node, reason.node, h("div", { class: "actions" }, save));
}

function replyForm({ entry, reload }) {
  const notes = h("div", {});
  const reply = field({ name: "reply", kind: "textarea", label: t("reply.label"), value: entry.reply, help: t("reply.about") });
  const save = h("button", { type: "submit" }, t("reply.save"));
  const act = async () => {
    await change("POST", `/v1/ledger/${entry.entry_id}/reply`, { json: { reply: reply.value }, version: entry.version });
    await reload(h("p", { class: "note good", role: "status" }, t("saved")));
  };
  return formOf({ class: "reply-form", novalidate: true }, () => behind(save, act, (problem) => showProblem(problem, [reply], notes)), notes, reply.node, h("div", { class: "actions" }, save));
}

function pastGrades(items) {
  if (items.length === 0) return h("div", {});
  return h(
    "section",
    { class: "stack" },
    h("h3", {}, t("grade.past")),
    h("ol", { class: "past-grades" }, [...items].reverse().map((one) => h("li", {}, gradeLine(one)))),
  );
}

/** One grade: what was said, by whom, what they saw, and the answer. */
export function gradeLine(one) {
  const saw = [
    one.rank !== null && t("ledger.rank", one.rank),
    one.score !== null && `${t("score")} ${figure(one.score)}`,
    one.probability !== null && `${t("probability")} ${figure(one.probability)}`,
    one.run_id !== null && t("basis.run", one.run_id),
  ].filter(Boolean);
  const reason = Object.hasOwn(CODES.decline_code, one.reason) ? code("decline_code", one.reason) : one.reason;
  return [
    h("p", {}, h("b", {}, one.grade, " ", t(`grade.${one.grade}`)), reason && `：${reason}`),
    h("p", { class: "meta" }, one.actor && h("span", {}, one.actor), h("span", {}, moment(one.at)), saw.length > 0 && h("span", {}, t("grade.saw", listed(saw)))),
    one.reply && h("blockquote", {}, h("p", {}, one.reply), h("p", { class: "meta" }, h("span", {}, t("reply.by", one.replied_by ?? "")), one.replied_at && h("span", {}, moment(one.replied_at)))),
  ];
}
