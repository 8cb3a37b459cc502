/** Tabs: one panel at a time, chosen by click or with the arrow keys. */

import { h } from "./dom.js";

let made = 0;

/** Tabs over panels: [{name, label, show}]; `show(panel)` fills a panel each time it is chosen. */
export function tabs(label, items, chosen, onChoose = () => {}) {
  const group = (made += 1);
  const panel = h("div", { role: "tabpanel", id: `panel-${group}`, class: "tab-panel", tabindex: "-1" });
  const buttons = items.map((item, place) =>
    h(
      "button",
      {
        type: "button",
        role: "tab",
        id: `tab-${group}-${item.name}`,
        "aria-controls": panel.id,
        onclick: () => choose(item.name),
        onkeydown: (event) => step(event, place),
      },
      item.label,
    ),
  );

  function step(event, place) {
    const to = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: items.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = (to + items.length) % items.length;
    choose(items[next].name);
    buttons[next].focus();
  }

  function choose(name) {
    const at = Math.max(0, items.findIndex((item) => item.name === name));
    buttons.forEach((button, place) => {
      button.setAttribute("aria-selected", String(place === at));
      button.tabIndex = place === at ? 0 : -1;
    });
    panel.setAttribute("aria-labelledby", buttons[at].id);
    panel.replaceChildren();
    onChoose(items[at].name);
    items[at].show(panel);
  }

  choose(chosen);
  return h("div", { class: "tabs" }, h("div", { role: "tablist", class: "tab-list", "aria-label": label }, buttons), panel);
}
