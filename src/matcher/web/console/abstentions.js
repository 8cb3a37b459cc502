/** Demands without a credible supply, ready to be posted as open challenges: why, and how near the nearest came. */

import { get } from "./api.js";
import { h } from "./dom.js";
import { code, dayOf, figure, inLanguage, listed, t } from "./i18n.js";
import { nearMissList } from "./near-misses.js";
import { busyNote, problemNote } from "./notes.js";
import { nothingNote } from "./parks.js";
import { may } from "./rights.js";

const PAGE = 50;

/** The page. */
export function abstentionsPage({ park, onLeave }) {
  const aborter = new AbortController();
  onLeave(() => aborter.abort());
  const list = h("ul", { class: "unsupplied" }, h("li", {}, busyNote()));
  const more = h("button", { type: "button", hidden: true, onclick: () => load(more.dataset.cursor) }, t("abstentions.more"));

  async function load(cursor = null) {
    try {
      const page = await get("/v1/abstentions", { park: park.code, cursor, limit: PAGE }, aborter.signal);
      if (cursor === null) list.replaceChildren();
      list.append(...page.items.map((one) => h("li", { class: "card" }, card(one))));
      if (list.childElementCount === 0) list.append(h("li", { class: "card" }, await nothingNote(park, t("abstentions.none"), t("abstentions.none.about"), aborter.signal)));
      more.hidden = page.next_cursor === null;
      more.dataset.cursor = page.next_cursor ?? "";
    } catch (error) {
      if (error.name !== "AbortError") list.replaceChildren(h("li", {}, problemNote(error)));
    }
  }

  load();
  return h("div", { class: "column" }, h("div", {}, h("h1", {}, t("abstentions.heading", park.name)), h("p", { class: "help" }, t("abstentions.about"))), list, h("div", {}, more));
}

function card(one) {
  const remedies = inLanguage(one.counterfactuals_zh, one.counterfactuals_en) ?? [];
  const said = [one.demand_organisation, one.demand_code, t("abstentions.since", dayOf(one.since))].filter(Boolean);
  return [
    h(
      "div",
      { class: "page-head" },
      h("div", {}, h("h2", {}, h("a", { href: `#/demands/${one.demand_id}` }, one.demand_title)), h("p", { class: "meta" }, said.map((text) => h("span", {}, text)))),
      h("span", { class: "tag warn" }, code("abstention_reason", one.reason)),
    ),
    h("p", {}, inLanguage(one.binding_zh, one.binding_en)),
    one.nearest && nearest(one.nearest),
    one.near_misses.length === 0 && remedies.length > 0 && h("div", {}, h("p", { class: "label" }, t("abstentions.change")), h("ul", { class: "plain" }, remedies.map((text) => h("li", {}, text)))),
    one.near_misses.length > 0 && h("div", {}, h("p", { class: "label" }, t("near.title")), nearMissList(one.near_misses)),
    may("run_park") && h("p", { class: "links" }, h("a", { href: `#/ledger?add=${one.demand_id}` }, t("demand.add"))),
  ];
}

function nearest(one) {
  return h(
    "div",
    { class: "nearest" },
    h("p", { class: "label" }, t("abstentions.nearest")),
    h("p", {}, h("a", { href: `#/achievements/${one.achievement_id}` }, one.achievement_title)),
    h(
      "p",
      { class: "meta" },
      one.achievement_organisation && h("span", {}, one.achievement_organisation),
      one.score !== null && h("span", {}, `${t("score")} ${figure(one.score)}`),
      one.failed.length > 0 && h("span", {}, t("abstentions.failed", listed(one.failed.map((name) => code("constraint", name))))),
    ),
  );
}
