/** A park's own rules: changed only after a look at what they would do to tonight's ledger; every version is kept. */

import { get } from "./api.js";
import { h } from "./dom.js";
import { moment, t } from "./i18n.js";
import { busyNote, emptyNote, problemNote } from "./notes.js";
import { may } from "./rights.js";
import { profileForm } from "./rules-form.js";
import { triedForm } from "./rules-try.js";

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
    const saved = () => load(h("p", { class: "note good", role: "status" }, t("rules.saved")));
    body.replaceChildren(triedForm({ path, version, form, preview, note, readOnly, onSaved: saved }));
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
