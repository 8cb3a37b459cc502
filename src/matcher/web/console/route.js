/** The address after #: which page, of which item, with which choices: "#/ledger/12?stage=pending". */

/** {page, id, query} of an address; the id is a number or null. */
export function routeOf(hash) {
  const [path, search] = hash.replace(/^#\/?/, "").split("?");
  const [page, id] = path.split("/");
  return {
    page,
    id: /^\d+$/.test(id ?? "") ? Number(id) : null,
    query: Object.fromEntries(new URLSearchParams(search ?? "")),
  };
}
