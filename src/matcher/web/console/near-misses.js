/** Achievements that one change would have proposed to a demand, each with the change. */

import { get } from "./api.js";
import { h } from "./dom.js";
import { figure, inLanguage, t } from "./i18n.js";
import { problemNote } from "./notes.js";

/** Near misses as a list. */
export function nearMissList(items) {
  return h("ul", { class: "near-misses" }, items.map((one) => h("li", {}, miss(one))));
}

/** A demand's near misses below its matches; nothing where there are none. */
export function nearMissSection(id, signal) {
  const section = h("section", { class: "found near", hidden: true });
  load();
  return section;

  async function load() {
    try {
      const { items } = await get(`/v1/demands/${id}/near-misses`, {}, signal);
      const head = h("div", { class: "found-head" }, h("h3", {}, t("near.title"), h("span", { class: "count" }, items.length)));
      section.append(head, h("p", { class: "help" }, t("near.about")), nearMissList(items));
      section.hidden = items.length === 0;
    } catch (error) {
      if (error.name === "AbortError") return;
      section.append(problemNote(error));
      section.hidden = false;
    }
  }
}

function miss(one) {
  return [
    h("p", { class: "near-change" }, inLanguage(one.change_zh, one.change_en)),
    h(
      "p",
      { class: "meta" },
      h("span", {}, h("a", { href: `#/achievements/${one.achievement_id}` }, one.achievement_title)),
      one.achievement_organisation && h("span", {}, one.achievement_organisation),
      h("span", {}, `${t("score")} ${figure(one.score)}`),
      one.probability !== null && h("span", {}, `${t("probability")} ${figure(one.probability)}`),
    ),
  ];
}
