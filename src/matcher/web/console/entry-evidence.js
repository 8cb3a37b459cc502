/** What backs an entry: links and files, added, opened and taken off. */

import { change, download, get, post, remove } from "./api.js";
import { h } from "./dom.js";
import { behind, field, formOf, showProblem } from "./forms.js";
import { moment, t } from "./i18n.js";
import { emptyNote, problemNote } from "./notes.js";

/** The panel. */
export function evidencePanel({ entry, editable, signal }) {
  const base = `/v1/ledger/${entry.entry_id}/evidence`;
  const list = h("div", {});
  const notes = h("div", {});
  const failed = (error) => notes.replaceChildren(problemNote(error));

  async function load() {
    const { items } = await get(base, {}, signal);
    notes.replaceChildren();
    list.replaceChildren(items.length === 0 ? emptyNote(t("evidence.none")) : h("ul", { class: "evidence" }, items.map((one) => h("li", {}, line(one)))));
  }

  function line(one) {
    const id = one.evidence_id;
    const open = one.url
      ? h("a", { href: one.url, target: "_blank", rel: "noopener noreferrer" }, one.title)
      : h("button", { type: "button", class: "link", onclick: (event) => behind(event.target, () => download("GET", `${base}/${id}/file`, { name: one.file_name }), failed) }, one.title);
    const away = h(
      "button",
      {
        type: "button",
        class: "link",
        "aria-label": `${t("remove")} ${one.title}`,
        onclick: () =>
          behind(away, async () => {
            await remove(`${base}/${id}`);
            await load();
          }, failed),
      },
      t("remove"),
    );
    return [
      h("div", {}, open, h("p", { class: "meta" }, [one.file_name, one.size && size(one.size), one.added_by, moment(one.added_at)].filter(Boolean).map((text) => h("span", {}, text)))),
      editable && away,
    ];
  }

  load().catch((error) => error.name === "AbortError" || failed(error));
  return h("div", { class: "stack" }, notes, list, editable && h("div", { class: "two" }, linkForm(base, load), fileForm(base, load)));
}

function linkForm(base, load) {
  const notes = h("div", {});
  const title = field({ name: "title", label: t("evidence.title") });
  const url = field({ name: "url", kind: "url", label: t("evidence.url"), placeholder: "https://" });
  const add = h("button", { type: "submit" }, t("evidence.add_link"));
  const act = async () => {
    await change("POST", base, { json: { title: title.value, url: url.value } });
    title.value = url.value = "";
    showProblem(null, [title, url], notes);
    await load();
  };
  return formOf({ class: "stack", novalidate: true }, () => behind(add, act, (error) => showProblem(error, [title, url], notes)), h("h3", {}, t("evidence.link")), notes, title.node, url.node, h("div", { class: "actions" }, add));
}

function fileForm(base, load) {
  const notes = h("div", {});
  const title = field({ name: "title", label: t("evidence.title") });
  const file = field({ name: "file", kind: "file", label: t("evidence.file"), help: t("evidence.file.about") });
  file.control.addEventListener("change", () => {
    if (title.value === "") title.value = file.control.files[0]?.name.replace(/\.[^.]*$/, "") ?? "";
  });
  const add = h("button", { type: "submit" }, t("evidence.add_file"));
  const act = async () => {
    const [chosen] = file.control.files;
    if (chosen === undefined) return file.fail(t("evidence.file.missing"));
    const form = new FormData();
    form.append("title", title.value);
    form.append("file", chosen);
    await post(`${base}/files`, { form });
    title.value = file.control.value = "";
    showProblem(null, [title, file], notes);
    return load();
  };
  return formOf({ class: "stack", novalidate: true }, () => behind(add, act, (error) => showProblem(error, [title, file], notes)), h("h3", {}, t("evidence.file")), notes, file.node, title.node, h("div", { class: "actions" }, add));
}

/** Bytes as people read them. */
function size(bytes) {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
