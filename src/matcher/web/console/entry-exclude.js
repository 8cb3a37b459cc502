/** Leave a pair out for good, with the reason; or let it be proposed again. */

import { change, get, remove } from "./api.js";
import { h } from "./dom.js";
import { behind, field, formOf, showProblem } from "./forms.js";
import { moment, t } from "./i18n.js";
import { problemNote } from "./notes.js";

/** The section at an entry's end. */
export function excludeSection({ entry, reload, signal }) {
  const notes = h("div", {});
  const place = h("div", { class: "stack" });
  const open = h("button", { type: "button", class: "quiet", onclick: ask }, t("exclude.open"));

  function ask() {
    const reason = field({ name: "reason", label: t("exclude.reason"), help: t("exclude.about"), wide: true });
    const save = h("button", { type: "submit", class: "primary" }, t("exclude.save"));
    const drop = h("button", { type: "button", onclick: start }, t("cancel"));
    const act = async () => {
      const { demand_id, achievement_id } = entry;
      await change("POST", "/v1/ledger/exclusions", { json: { demand_id, achievement_id, reason: reason.value } });
      await reload(h("p", { class: "note good", role: "status" }, t("exclude.done")));
    };
    place.replaceChildren(formOf({ class: "inline", novalidate: true }, () => behind(save, act, (error) => showProblem(error, [reason], notes)), reason.node, h("div", { class: "actions" }, save, drop)));
    reason.focus();
  }

  function start() {
    place.replaceChildren(open);
    if (notes.childElementCount > 0) notes.replaceChildren();
  }

  async function showExcluded() {
    const { items } = await get("/v1/ledger/exclusions", { park: entry.park }, signal);
    const held = items.find((one) => one.demand_id === entry.demand_id && one.achievement_id === entry.achievement_id && !one.lifted_at);
    if (held === undefined) return start();
    const lift = h("button", { type: "button" }, t("exclude.lift"));
    lift.addEventListener("click", () =>
      behind(lift, async () => {
        await remove(`/v1/ledger/exclusions/${held.exclusion_id}`);
        await reload(h("p", { class: "note good", role: "status" }, t("exclude.lifted")));
      }, (error) => notes.replaceChildren(problemNote(error))),
    );
    return place.replaceChildren(
      h("p", {}, h("span", { class: "tag bad" }, t("exclude.tag")), " ", held.reason),
      h("p", { class: "meta" }, h("span", {}, held.actor), h("span", {}, moment(held.at))),
      h("div", {}, lift),
    );
  }

  if (entry.excluded) showExcluded().catch((error) => error.name === "AbortError" || notes.replaceChildren(problemNote(error)));
  else start();
  return h("section", { class: "exclude" }, notes, place);
}
