/** What the page says when there is nothing to show, or when something went wrong. */

import { Problem } from "./api.js";
import { announce, h } from "./dom.js";
import { inLanguage, t } from "./i18n.js";

/** A failure with the service's own words; other errors are defects and are thrown on. */
export function problemNote(problem, title = null, more = null) {
  if (problem !== null && !(problem instanceof Problem)) throw problem;
  const text = title ?? problem.text;
  announce(text);
  const lines = problem?.lines ?? [];
  return h(
    "div",
    { class: "note bad", role: "alert" },
    h("p", {}, text),
    more && h("p", {}, more),
    lines.length > 0 && h("ul", {}, lines.map((line) => h("li", {}, line))),
    problem && h("p", { class: "code" }, problem.code),
  );
}

/** Why a result is empty: {zh, en} from the service, or a text of the page. */
export function emptyNote(title, reason = null) {
  return h(
    "div",
    { class: "note empty" },
    h("p", { class: "head" }, title),
    reason && h("p", {}, typeof reason === "string" ? reason : inLanguage(reason.zh, reason.en)),
  );
}

/** Something is on its way. */
export function busyNote() {
  return h("p", { class: "busy", role: "status" }, t("loading"));
}
