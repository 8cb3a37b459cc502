/** A free text matched with either list, without writing anything. */

import { post } from "./api.js";
import { announce, h } from "./dom.js";
import { t } from "./i18n.js";
import { matchSection } from "./matches.js";
import { busyNote, problemNote } from "./notes.js";

const kept = { text: "", side: "demand", answer: null, asked: "demand" };

/** The page; what was asked stays while the operator looks at other pages. */
export function matchPage({ park, onLeave }) {
  const aborter = new AbortController();
  onLeave(() => aborter.abort());
  const results = h("div", { class: "results" });
  const text = h("textarea", {
    id: "text",
    rows: "6",
    required: true,
    placeholder: t("match.placeholder"),
    oninput: () => {
      kept.text = text.value;
    },
  });
  text.value = kept.text;
  const button = h("button", { type: "submit", class: "primary" }, t("match.go"));
  const form = h(
    "form",
    { class: "card ask" },
    h("h1", {}, t("match.heading")),
    h("p", { class: "help" }, t("match.about")),
    h(
      "fieldset",
      { class: "choices" },
      h("legend", {}, t("match.side")),
      ["demand", "supply"].map((side) =>
        h(
          "label",
          {},
          h("input", {
            type: "radio",
            name: "side",
            value: side,
            checked: kept.side === side,
            onchange: () => {
              kept.side = side;
            },
          }),
          t(`match.side.${side}`, park.name),
        ),
      ),
    ),
    h("label", { for: "text" }, t("match.text")),
    text,
    h("div", { class: "actions" }, button),
  );

  const show = () => {
    const side = kept.asked === "demand" ? "achievements" : "demands";
    results.replaceChildren(
      matchSection(t(`match.found.${side}`), { items: kept.answer.items, reason: kept.answer.reason ?? t("match.none.text") }, side, { fold: false }),
    );
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    results.replaceChildren(busyNote());
    try {
      const { side } = kept;
      const json = { text: kept.text, side, top_k: 10, ...(side === "supply" ? { park: park.code } : {}) };
      kept.answer = await post("/v1/match", { json, signal: aborter.signal });
      kept.asked = side;
      show();
      announce(t("list.found", kept.answer.items.length));
    } catch (error) {
      if (error.name !== "AbortError") results.replaceChildren(problemNote(error));
    } finally {
      button.disabled = false;
    }
  });
  if (kept.answer) show();
  return h("div", { class: "column" }, form, results);
}
