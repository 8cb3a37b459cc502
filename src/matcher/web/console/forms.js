/** Form fields with a label, help and a place for what is wrong with them; problems land beside the field they name. */

import { announce, h } from "./dom.js";
import { fieldName, t } from "./i18n.js";
import { problemNote } from "./notes.js";

let made = 0;

/** One field: its node, its value in and out, and its error.
 *
 *  kind: text, textarea, date, number, select, check. An empty date, number or choice is null, an empty text "".
 *  options of a select: [[value, label], …] or [{label, options}], after the empty choice, which `empty` names.
 */
export function field({ name, label, kind = "text", value = null, options = [], help = null, wide = false, ...more }) {
  const id = `field-${(made += 1)}`;
  const error = h("p", { class: "field-error", id: `${id}-error`, hidden: true });
  const control = controlOf(kind, { id, name, value, options, more });
  if (help) control.setAttribute("aria-describedby", `${id}-help`);
  const says = [h("label", { for: id }, label), control];
  const node = h(
    "div",
    { class: `field ${wide ? "wide" : ""} kind-${kind}` },
    kind === "check" ? says.reverse() : says,
    help && h("p", { class: "help", id: `${id}-help` }, help),
    error,
  );
  return {
    name,
    node,
    control,
    get value() {
      if (kind === "check") return control.checked;
      const given = kind === "textarea" ? control.value : control.value.trim();
      if (kind === "number") return given === "" ? null : Number(given);
      if (kind === "date" || kind === "select") return given === "" ? null : given;
      return given;
    },
    set value(to) {
      if (kind === "check") control.checked = Boolean(to);
      else control.value = to ?? "";
    },
    fail: (text) => showError(control, error, text),
    focus: () => control.focus(),
  };
}

function controlOf(kind, { id, name, value, options, more }) {
  if (kind === "textarea") return h("textarea", { id, name, rows: 3, ...more }, value ?? "");
  if (kind === "check") return h("input", { id, name, type: "checkbox", checked: Boolean(value), ...more });
  if (kind !== "select") return h("input", { id, name, type: kind, value: value ?? "", step: kind === "number" ? "any" : null, autocomplete: "off", ...more });
  const one = ([code, label]) => h("option", { value: code, selected: code === value }, label);
  return h(
    "select",
    { id, name, ...more, empty: null },
    h("option", { value: "", selected: value === null }, more.required ? t("choose") : (more.empty ?? "—")),
    options.map((group) => (Array.isArray(group) ? one(group) : h("optgroup", { label: group.label }, group.options.map(one)))),
  );
}

function showError(control, place, text) {
  place.hidden = !text;
  place.textContent = text ?? "";
  if (text) {
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-errormessage", place.id);
  } else {
    control.removeAttribute("aria-invalid");
    control.removeAttribute("aria-errormessage");
  }
}

/** Show a problem: each part beside the field it names, the rest as a note in `notes`. */
export function showProblem(problem, fields, notes) {
  for (const one of fields) one.fail(null);
  notes.replaceChildren();
  if (problem === null) return;
  const placed = (problem.fields ?? []).map(([name, text]) => [fields.find((one) => names(one.name, name)), withoutName(name, text)]);
  if (placed.length === 0 || placed.some(([one]) => one === undefined)) {
    notes.replaceChildren(problemNote(problem));
    return;
  }
  for (const [one, text] of placed) one.fail(text);
  placed[0][0].focus();
  announce(placed.map(([, text]) => text).join(" "));
}

/** The service's sentence without the field's name in front (“得分门槛（min_score）：”), which the label says already. */
function withoutName(name, text) {
  const called = `${fieldName(name)}：`;
  if (text.startsWith(called)) return text.slice(called.length);
  const code = `(\\w+\\.)*${name.split(".").at(-1)}`;
  return text.replace(new RegExp(`^(${code}|[^（：]*（${code}）)[:：]\\s*`), "");
}

function names(own, given) {
  return given === own || given.startsWith(`${own}.`) || given.endsWith(`.${own}`);
}

/** Do something behind a button that is off meanwhile; a problem is shown by `onProblem`, or thrown on. */
export async function behind(button, act, onProblem) {
  button.disabled = true;
  try {
    return await act();
  } catch (error) {
    if (error.name === "AbortError") return undefined;
    onProblem(error);
    return undefined;
  } finally {
    button.disabled = false;
  }
}

/** A form that never leaves the page; `act` is called when it is sent. */
export function formOf(attributes, act, ...children) {
  const form = h("form", attributes, ...children);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    act();
  });
  return form;
}
