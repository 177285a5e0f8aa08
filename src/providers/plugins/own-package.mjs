// A hook of Node's module loader (https://nodejs.org/docs/latest-v20.x/api/module.html#hooks): for plugins that lie where no omni-mcp
// is installed, it is the platform that runs them.
const places = new Map();

/** `data` holds addresses by specifier. */
export function initialize(data) {
  for (const [specifier, place] of Object.entries(data)) places.set(specifier, place);
}

export async function resolve(specifier, context, next) {
  const place = places.get(specifier);
  if (place === undefined) return next(specifier, context);
  return next(specifier, context).catch(() => ({ url: place, shortCircuit: true }));
}
