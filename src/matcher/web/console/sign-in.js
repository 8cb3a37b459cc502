/** Sign in with an API key; the printed link does the same with a one-time login. */

import { post } from "./api.js";
import { h } from "./dom.js";
import { t } from "./i18n.js";
import { problemNote } from "./notes.js";

/** The page's nodes; `enter(session)` is called once signed in. */
export function signInPage({ enter, languageButton }) {
  const notes = h("div", {});
  const key = h("input", {
    id: "key",
    type: "password",
    autocomplete: "current-password",
    required: true,
    spellcheck: "false",
    placeholder: "mk_…",
    "aria-describedby": "key-help",
  });
  const button = h("button", { type: "submit", class: "primary" }, t("sign_in"));
  const form = h(
    "form",
    { class: "sign-in-form" },
    notes,
    h("label", { for: "key" }, t("sign_in.key")),
    key,
    button,
    h("p", { id: "key-help", class: "help" }, t("sign_in.help")),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    form.querySelectorAll(".note").forEach((note) => note.remove());
    try {
      await enter(await post("/v1/session", { json: { token: key.value.trim() } }));
    } catch (error) {
      notes.replaceChildren(problemNote(error));
      key.focus();
    } finally {
      button.disabled = false;
    }
  });
  return [
    h(
      "main",
      { class: "sign-in", id: "main" },
      h(
        "div",
        { class: "sign-in-intro" },
        h("img", { src: "static/console/mark.svg", alt: "" }),
        h("h1", {}, t("brand")),
        h("p", {}, t("brand.about")),
      ),
      form,
      h("div", { class: "sign-in-foot" }, languageButton),
    ),
  ];
}
