/** Names of people that the ledger holds, offered where one is asked for. */

import { h } from "./dom.js";

const known = new Set();

/** Remember who the entries name. */
export function rememberPeople(entries) {
  for (const { owner, technology_manager } of entries) for (const name of [owner, technology_manager]) if (name) known.add(name);
  peopleList();
}

/** Forget them: someone else signs in. */
export function forgetPeople() {
  known.clear();
}

/** Keep the page's list of suggestions up to date; fields name it by list="people". */
export function peopleList() {
  const list = document.getElementById("people") ?? document.body.appendChild(h("datalist", { id: "people" }));
  list.replaceChildren(...[...known].sort().map((name) => h("option", { value: name })));
}
