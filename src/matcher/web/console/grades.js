/** Grades that enterprises gave, for who answers them: a research unit sees those of its own achievements. */

import { change, get } from "./api.js";
import { announce, h } from "./dom.js";
import { gradeLine } from "./entry-grade.js";
import { behind, field, formOf, showProblem } from "./forms.js";
import { t } from "./i18n.js";
import { busyNote, emptyNote, problemNote } from "./notes.js";
import { mayReply } from "./rights.js";

/** The page. */
export function gradesPage({ onLeave }) {
  const aborter = new AbortController();
  onLeave(() => aborter.abort());
  const list = h("ul", { class: "unsupplied" }, h("li", {}, busyNote()));
  const waiting = field({ name: "waiting", kind: "check", label: t("grades.waiting"), value: true });
  const more = h("button", { type: "button", hidden: true, onclick: () => load(more.dataset.cursor) }, t("abstentions.more"));
  waiting.control.addEventListener("change", () => load());

  async function load(cursor = null) {
    try {
      const page = await get("/v1/grades", { awaiting_reply: waiting.value, cursor }, aborter.signal);
      if (cursor === null) list.replaceChildren();
      list.append(...page.items.map((one) => h("li", { class: "card" }, card(one))));
      if (list.childElementCount === 0) list.append(h("li", { class: "card" }, emptyNote(t("grades.none"))));
      more.hidden = page.next_cursor === null;
      more.dataset.cursor = page.next_cursor ?? "";
    } catch (error) {
      if (error.name !== "AbortError") list.replaceChildren(h("li", {}, problemNote(error)));
    }
  }

  function card(one) {
    const notes = h("div", {});
    const reply = field({ name: "reply", kind: "textarea", label: t("reply.label"), value: one.reply });
    const save = h("button", { type: "submit" }, t("reply.save"));
    const act = async () => {
      await change("POST", `/v1/ledger/${one.entry_id}/reply`, { json: { reply: reply.value } });
      announce(t("saved"));
      await load();
    };
    return [
      h("div", {}, h("h2", {}, one.achievement_title), h("p", { class: "meta" }, one.demand_title ? h("span", {}, t("diff.for", one.demand_title)) : h("span", {}, t("grades.undisclosed")))),
      h("div", {}, gradeLine(one)),
      mayReply() && formOf({ class: "reply-form", novalidate: true }, () => behind(save, act, (error) => showProblem(error, [reply], notes)), notes, reply.node, h("div", { class: "actions" }, save)),
    ];
  }

  load();
  return h("div", { class: "column" }, h("div", { class: "page-head" }, h("div", {}, h("h1", {}, t("nav.grades")), h("p", { class: "help" }, t("grades.about"))), waiting.node), list, h("div", {}, more));
}
