/** Park codes and the names people know them by. */

const names = new Map();

/** Remember the parks the caller may see. */
export function rememberParks(parks) {
  for (const { code, name } of parks) names.set(code, name);
}

/** A park's name; its code where the name is not known. */
export function parkName(code) {
  return names.get(code) ?? code;
}
