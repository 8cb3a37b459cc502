/** One demand's own hard constraints, on the demand's page: closed until someone asks for them. */

import { get } from "./api.js";
import { h } from "./dom.js";
import { t } from "./i18n.js";
import { busyNote, problemNote } from "./notes.js";
import { may } from "./rights.js";
import { constraintsForm } from "./rules-form.js";
import { triedForm } from "./rules-try.js";

/** The disclosure; the constraints are read when it is first opened. */
export function demandRules(id, signal) {
  const path = `/v1/demands/${id}/constraints`;
  const body = h("div", { class: "stack" });
  const preview = h("div", { class: "preview" });
  const readOnly = !may("run_park");

  async function load(note = null) {
    const { version, constraints } = await get(path, {}, signal);
    const form = constraintsForm(constraints, readOnly);
    const saved = () => load(h("p", { class: "note good", role: "status" }, t("rules.saved")));
    body.replaceChildren(h("p", { class: "help" }, t("demand.rules.about")), triedForm({ path, version, form, preview, note, readOnly, onSaved: saved }));
  }

  const node = h("details", { class: "demand-rules" }, h("summary", {}, t("demand.rules")), body, preview);
  node.addEventListener("toggle", () => {
    if (!node.open || body.childElementCount > 0) return;
    body.append(busyNote());
    load().catch((error) => error.name === "AbortError" || body.replaceChildren(problemNote(error)));
  });
  return node;
}
