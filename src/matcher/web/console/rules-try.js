/** A form of rules that are tried before they are saved: first what they would change tonight, then the button. */

import { change } from "./api.js";
import { diffCounts, diffSections } from "./diff.js";
import { announce, h } from "./dom.js";
import { behind, formOf, showProblem } from "./forms.js";
import { inLanguage, t } from "./i18n.js";
import { busyNote } from "./notes.js";
import { BadWeight } from "./rules-form.js";

/** The form; `form` gives its fields, node and rules, `preview` is where the difference is shown. */
export function triedForm({ path, version, form, preview, note = null, readOnly, onSaved }) {
  const notes = h("div", { class: "form-notes" }, note);
  const look = h("button", { type: "submit", class: "primary" }, t("rules.try"));

  async function tryRules() {
    const json = form.rules;
    preview.replaceChildren(busyNote());
    const answer = await change("PUT", `${path}?dry_run=true`, { json, version });
    showProblem(null, form.fields, notes);
    show(answer, json);
  }

  function show(answer, json) {
    const save = h("button", { type: "button", class: "primary" }, t("rules.save"));
    save.addEventListener("click", () =>
      behind(save, async () => {
        await change("PUT", path, { json, version });
        preview.replaceChildren();
        announce(t("rules.saved"));
        await onSaved();
      }, failed),
    );
    const heading = h("h2", { tabindex: "-1" }, t("rules.preview"));
    preview.replaceChildren(
      h(
        "section",
        { class: "card" },
        heading,
        h("p", { class: "help" }, t("rules.preview.about")),
        diffCounts(answer),
        ...diffSections(answer, { limit: 12 }),
        unsupplied(answer),
        h("div", { class: "actions" }, save),
      ),
    );
    heading.focus();
  }

  function failed(error) {
    preview.replaceChildren();
    if (!(error instanceof BadWeight)) return showProblem(error, form.fields, notes);
    showProblem(null, form.fields, notes);
    const industries = form.fields.find((one) => one.name === "industries");
    industries.fail(t("rules.bad_weight", error.message));
    return industries.focus();
  }

  const node = formOf(
    { class: "rules-form", novalidate: true },
    () => behind(look, tryRules, failed),
    notes,
    form.node,
    !readOnly && h("div", { class: "actions" }, look, h("span", { class: "help" }, t("rules.try.about"))),
  );
  node.addEventListener("input", () => preview.replaceChildren());
  return node;
}

/** How many demands would be left without supply, and which of them have some now. */
function unsupplied({ abstentions_now: now, abstentions_then: then }) {
  const held = new Set(now.map((one) => one.demand_id));
  const fresh = then.filter((one) => !held.has(one.demand_id));
  return h(
    "section",
    { class: "diff" },
    h("h3", {}, t("rules.unsupplied", now.length, then.length)),
    fresh.length > 0 &&
      h("ul", { class: "plain" }, fresh.map((one) => h("li", {}, h("a", { href: `#/demands/${one.demand_id}` }, one.demand_title), h("span", { class: "meta block" }, inLanguage(one.binding_zh, one.binding_en))))),
  );
}
