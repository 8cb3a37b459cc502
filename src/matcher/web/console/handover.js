/** Hand all of one person's entries of a park to another, where someone leaves or changes post. */

import { change } from "./api.js";
import { announce, h } from "./dom.js";
import { behind, field, formOf, showProblem } from "./forms.js";
import { t } from "./i18n.js";

/** A disclosure with the form; `onDone()` is called once it is done. */
export function handOver({ park, person, onDone }) {
  const notes = h("div", { class: "form-notes" });
  const from = field({ name: "from", label: t("hand_over.from"), value: person, list: "people" });
  const to = field({ name: "to", label: t("hand_over.to"), list: "people" });
  const save = h("button", { type: "submit", class: "primary" }, t("hand_over.save"));
  const act = async () => {
    const answer = await change("POST", "/v1/ledger/hand-over", { json: { park: park.code, from: from.value, to: to.value } });
    showProblem(null, [from, to], notes);
    const text = t("hand_over.done", answer.entries, to.value);
    notes.append(h("p", { class: "note good", role: "status" }, text));
    announce(text);
    onDone();
  };
  return h(
    "details",
    { class: "hand-over" },
    h("summary", {}, t("hand_over.open")),
    formOf({ class: "inline", novalidate: true }, () => behind(save, act, (error) => showProblem(error, [from, to], notes)), from.node, to.node, h("div", { class: "actions" }, save)),
    notes,
  );
}
