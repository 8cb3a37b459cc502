/** A panel over the page: the focus goes in, stays in, and goes back; Escape and the page behind close it. */

import { h } from "./dom.js";
import { t } from "./i18n.js";

/** Open a drawer; `close` is called once it is closed, whoever closed it. Its heading takes the focus. */
export function openDrawer({ label, onClose }) {
  const body = h("div", { class: "drawer-body" });
  const dialog = h(
    "dialog",
    { class: "drawer", "aria-label": label },
    h(
      "div",
      { class: "drawer-bar" },
      h("span", { class: "meta" }, label),
      h("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, t("close")),
    ),
    body,
  );
  dialog.addEventListener("close", () => {
    dialog.remove();
    onClose();
  });
  dialog.addEventListener("mousedown", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.getElementById("console").append(dialog);
  dialog.showModal();
  return { body, close: () => dialog.close(), isOpen: () => dialog.open };
}
