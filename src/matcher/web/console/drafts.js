/** What was typed into an entry's forms and is not saved yet: kept until it is saved or dropped, also when the entry is closed.
 *
 *  A draft remembers the values it started from, so that what others changed meanwhile can be shown beside it.
 */

const drafts = new Map();

/** {base, typed} of an entry: the entry as it was when typing began, and column → what was typed. */
export function draftOf(entry) {
  return drafts.get(entry.entry_id) ?? { base: entry, typed: {} };
}

/** Keep what is typed into a column; a value that is the entry's own is no draft. */
export function keepTyped(entry, name, value) {
  const draft = draftOf(entry);
  if (same(value, entry[name])) delete draft.typed[name];
  else draft.typed[name] = value;
  if (Object.keys(draft.typed).length === 0) drafts.delete(entry.entry_id);
  else drafts.set(entry.entry_id, draft);
}

/** Drop what was typed into these columns, or into all. */
export function dropTyped(entryId, names = null) {
  const draft = drafts.get(entryId);
  if (draft === undefined) return;
  for (const name of names ?? Object.keys(draft.typed)) delete draft.typed[name];
  if (Object.keys(draft.typed).length === 0) drafts.delete(entryId);
}

/** Whether anything typed into an entry waits to be saved. */
export function hasDraft(entryId) {
  return drafts.has(entryId);
}

/** Forget every draft: someone else signs in. */
export function forgetDrafts() {
  drafts.clear();
}

/** Whether two values of a column are equal. */
export function same(one, other) {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}
