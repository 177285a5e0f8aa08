/** What an engine answers when it cannot: a problem type of the platform with a detail that is safe to show. */

/**
 * @param {string} type a problem type such as `validation`
 * @param {string} detail what happened and what to do; no text of the user's
 * @param {{ data?: unknown, retryable?: boolean }} [options]
 */
export function fault(type, detail, options = {}) {
  return Object.assign(new Error(detail), { fault: { type, detail, ...options } });
}

/** A package that is optional: its absence is an answer, not a crash. */
export async function optional(name, path = name) {
  try {
    return await import(path);
  } catch (error) {
    if (error?.code !== 'ERR_MODULE_NOT_FOUND' && error?.code !== 'MODULE_NOT_FOUND') throw error;
    const detail = `The optional package ${name} is not installed. Install it with: npm install --include=optional`;
    throw fault('provider-unavailable', detail, { data: { package: name }, retryable: false });
  }
}

/** Engines' own messages may quote their input, so a defect is reported by its kind alone. */
export function faultOf(error) {
  if (error?.fault) return error.fault;
  const kind = error instanceof Error ? error.name : typeof error;
  return { type: 'tool-error', detail: `The local engine failed with ${kind}.` };
}
