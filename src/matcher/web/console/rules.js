/** A park's own rules: changed only after a look at what they would do to tonight's ledger; every version is kept. */

import { change, get } from "./api.js";
import { diffCounts, diffSections } from "./diff.js";
import { announce, h } from "./dom.js";
import { behind, formOf, showProblem } from "./forms.js";
import { inLanguage, moment, t } from "./i18n.js";
import { busyNote, emptyNote, problemNote } from "./notes.js";
import { may } from "./rights.js";
import { BadWeight, profileForm } from "./rules-form.js";

/** The page. */
export function rulesPage({ park, onLeave }) {
  const aborter = new AbortController();
  onLeave(() => aborter.abort());
  const path = `/v1/parks/${encodeURIComponent(park.code)}/profile`;
  const body = h("div", { class: "stack" }, busyNote());
  const preview = h("div", { class: "preview" });
  const versions = h("section", { class: "card" });
  const readOnly = !may("run_park");

  async function load(note = null) {
    const answer = await get(path, {}, aborter.signal);
    show(answer, note);
    await showVersions();
  }

  function show({ version, profile }, note) {
    const form = profileForm(profile, readOnly);
    const notes = h("div", {}, note);
    const look = h("button", { type: "submit", class: "primary" }, t("rules.try"));
    let tried = null;

    /** What the form says, sent; what is wrong lands beside its field. */
    async function send(dryRun) {
      const json = form.profile;
      if (!dryRun && JSON.stringify(json) !== tried) return look.focus();
      showProblem(null, form.fields, notes);
      const answer = await change("PUT", dryRun ? `${path}?dry_run=true` : path, { json, version });
      if (!dryRun) {
        preview.replaceChildren();
        announce(t("rules.saved"));
        return load(h("p", { class: "note good", role: "status" }, t("rules.saved")));
      }
      tried = JSON.stringify(json);
      return showPreview(answer, (button) => behind(button, () => send(false), failed));
    }

    function failed(error) {
      if (!(error instanceof BadWeight)) return showProblem(error, form.fields, notes);
      const industries = form.fields.find((one) => one.name === "industries");
      industries.fail(t("rules.bad_weight", error.message));
      return industries.focus();
    }

    const node = formOf(
      { class: "rules-form", novalidate: true },
      () => {
        preview.replaceChildren(busyNote());
        behind(look, () => send(true), (error) => {
          preview.replaceChildren();
          failed(error);
        });
      },
      notes,
      form.node,
      !readOnly && h("div", { class: "actions" }, look, h("span", { class: "help" }, t("rules.try.about"))),
    );
    node.addEventListener("input", () => {
      tried = null;
      preview.replaceChildren();
    });
    body.replaceChildren(node);
  }

  function showPreview(answer, save) {
    const button = h("button", { type: "button", class: "primary", onclick: () => save(button) }, t("rules.save"));
    preview.replaceChildren(
      h(
        "section",
        { class: "card" },
        h("h2", { tabindex: "-1" }, t("rules.preview")),
        h("p", { class: "help" }, t("rules.preview.about")),
        diffCounts(answer),
        ...diffSections(answer, { limit: 12 }),
        unsupplied(answer),
        h("div", { class: "actions" }, button),
      ),
    );
    preview.querySelector("h2").focus();
  }

  async function showVersions() {
    const { items } = await get(`${path}/versions`, {}, aborter.signal);
    versions.replaceChildren(
      h("h2", {}, t("rules.versions")),
      items.length === 0
        ? emptyNote(t("rules.versions.none"))
        : h("ol", { class: "log" }, items.map((one) => h("li", { class: "by-people" }, h("p", {}, h("b", {}, t("rules.version", one.version)), " ", h("span", { class: "meta" }, h("span", {}, one.actor), h("span", {}, moment(one.at))))))),
    );
  }

  load().catch((error) => error.name === "AbortError" || body.replaceChildren(problemNote(error)));
  return h(
    "div",
    { class: "column wide" },
    h("section", { class: "card" }, h("h1", {}, t("rules.heading", park.name)), h("p", { class: "help" }, t("rules.about")), body),
    preview,
    versions,
  );
}

/** How many demands would be left without supply, and which of them have some now. */
function unsupplied({ abstentions_now: now, abstentions_then: then }) {
  const held = new Set(now.map((one) => one.demand_id));
  const fresh = then.filter((one) => !held.has(one.demand_id));
  return h(
    "section",
    { class: "diff" },
    h("h3", {}, t("rules.unsupplied", now.length, then.length)),
    fresh.length > 0 && h("ul", { class: "plain" }, fresh.map((one) => h("li", {}, h("a", { href: `#/demands/${one.demand_id}` }, one.demand_title), h("span", { class: "meta block" }, inLanguage(one.binding_zh, one.binding_en))))),
  );
}
