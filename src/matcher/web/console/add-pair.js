/** Add a pair that the machine did not propose: choose the demand, search the achievement, say who goes on with it. */

import { Problem, change, get } from "./api.js";
import { openDrawer } from "./drawer.js";
import { announce, h, settled } from "./dom.js";
import { behind, field, formOf, showProblem } from "./forms.js";
import { column, t } from "./i18n.js";
import { emptyNote, problemNote } from "./notes.js";

const FOUND = 8;

/** Open the drawer; `onAdded(entry)` is called with the new entry, or with the one that was there already. */
export function addPairDrawer({ park, demandId, onClose, onAdded }) {
  const aborter = new AbortController();
  const drawer = openDrawer({
    label: t("add.title"),
    onClose: () => {
      aborter.abort();
      onClose();
    },
  });
  const notes = h("div", {});
  const demand = chooser("demand", { park: park.code }, aborter.signal);
  const achievement = chooser("achievement", {}, aborter.signal);
  const owner = field({ name: "owner", label: column("owner"), list: "people" });
  const next = field({ name: "next_action", label: column("next_action") });
  const due = field({ name: "due", kind: "date", label: column("due") });
  const about = field({ name: "notes", kind: "textarea", label: column("notes"), wide: true, placeholder: t("add.notes") });
  const fields = [demand, achievement, owner, next, due, about];
  const save = h("button", { type: "submit", class: "primary" }, t("add.save"));

  async function act() {
    for (const one of [demand, achievement]) {
      one.fail(one.value === null ? t(`add.missing.${one.side}`) : null);
      if (one.value === null) return one.focus();
    }
    const given = [owner, next, due, about].filter((one) => one.value).map((one) => [one.name, one.value]);
    const json = { demand_id: demand.value, achievement_id: achievement.value, ...Object.fromEntries(given) };
    const entry = await change("POST", "/v1/ledger", { json });
    announce(t("add.done"));
    return onAdded(entry);
  }

  const heading = h("h2", { tabindex: "-1" }, t("add.title"));
  drawer.body.append(
    heading,
    h("p", { class: "help" }, t("add.about")),
    formOf(
      { class: "stack", novalidate: true },
      () => behind(save, act, (error) => showProblem(error, fields, notes)),
      notes,
      demand.node,
      achievement.node,
      h("div", { class: "columns" }, owner.node, next.node, due.node, about.node),
      h("div", { class: "actions" }, save),
    ),
  );
  if (demandId === null) demand.focus();
  else {
    demand.choose(demandId).then(() => achievement.focus());
    heading.focus();
  }
  return drawer;
}

/** A field whose value is the id of a listing that is searched by its words. */
function chooser(side, scope, signal) {
  const search = field({ name: `${side}_id`, kind: "search", label: t(`add.${side}`), placeholder: t(`search.${side}s`), wide: true });
  const found = h("ul", { class: "choices-found", "aria-label": t("add.found") });
  const chosen = h("p", { class: "picked", hidden: true });
  let value = null;

  function take(listing) {
    value = listing.id;
    search.fail(null);
    search.control.hidden = true;
    found.replaceChildren();
    chosen.hidden = false;
    const again = h("button", { type: "button", class: "link", onclick: drop }, t("add.other"));
    chosen.replaceChildren(h("b", {}, listing.title), h("span", { class: "meta" }, [listing.organisation, listing.code].filter(Boolean).map((text) => h("span", {}, text))), again);
    again.focus();
  }

  function drop() {
    value = null;
    chosen.hidden = true;
    search.control.hidden = false;
    search.focus();
  }

  const look = settled(async () => {
    const q = search.value;
    if (q === "") return found.replaceChildren();
    try {
      const { items } = await get(`/v1/${side}s`, { ...scope, q, limit: FOUND }, signal);
      if (q !== search.value) return undefined;
      announce(t("list.found", items.length));
      return found.replaceChildren(
        ...(items.length === 0
          ? [h("li", {}, emptyNote(t("add.none")))]
          : items.map((item) =>
              h("li", {}, h("button", { type: "button", onclick: () => take(item) }, h("span", {}, item.title), h("span", { class: "meta" }, [item.organisation, item.code].filter(Boolean).map((text) => h("span", {}, text))))),
            )),
      );
    } catch (error) {
      if (error instanceof Problem) return found.replaceChildren(h("li", {}, problemNote(error)));
      if (error.name === "AbortError") return undefined;
      throw error;
    }
  });
  search.control.addEventListener("input", look);
  search.node.append(chosen, found);
  return {
    name: `${side}_id`,
    side,
    node: search.node,
    get value() {
      return value;
    },
    fail: search.fail,
    focus: () => (value === null ? search : { focus: () => chosen.querySelector("button").focus() }).focus(),
    choose: async (id) => take(await get(`/v1/${side}s/${id}`, {}, signal)),
  };
}
