/** What the caller may do. The service decides; the page leaves out what would only be refused. */

let session = { rights: [], parks: [], role: null, subject: "" };

/** Remember who is signed in. */
export function rememberRights(given) {
  session = given;
}

/** Whether the caller has a right, by its name in the service (work_ledger, run_park, …). */
export function may(right) {
  return session.rights.includes(right);
}

/** Whether the caller may write an entry: a technology manager those assigned to them alone. */
export function mayWork(entry) {
  if (!may("work_ledger")) return false;
  return session.role !== "technology_manager" || [entry.owner, entry.technology_manager].includes(session.subject);
}

/** Whether the caller may answer grades. */
export function mayReply() {
  return may("work_ledger") || session.role === "research_unit";
}
