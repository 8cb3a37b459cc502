/** Park codes and the names people know them by. */

import { get } from "./api.js";
import { t } from "./i18n.js";
import { emptyNote } from "./notes.js";

const names = new Map();

/** Remember the parks the caller may see. */
export function rememberParks(parks) {
  for (const { code, name } of parks) names.set(code, name);
}

/** A park's name; its code where the name is not known. */
export function parkName(code) {
  return names.get(code) ?? code;
}

/** That a park's page has nothing to show: because the park has no demands, or else as `title` and `about` say. */
export async function nothingNote(park, title, about, signal) {
  const { items } = await get("/v1/demands", { park: park.code, limit: 1 }, signal);
  return items.length > 0 ? emptyNote(title, about) : emptyNote(t("park.no_demands"), t("park.no_demands.about"));
}
