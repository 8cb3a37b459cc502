/** Elements made by calls. Whatever is given as a child becomes text or stays a node; markup is never parsed. */

/** h("p", {class: "note", onclick: act}, "text", node): null, undefined and false are left out. */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter((one) => one !== null && one !== undefined && one !== false));
  return node;
}

/** Say something to screen readers without moving the focus. */
export function announce(text) {
  document.getElementById("announcer").textContent = text;
}

/** Call `act` once the calls have paused for `wait` milliseconds. */
export function settled(act, wait = 250) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...values), wait);
  };
}
