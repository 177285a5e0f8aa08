/**
 * The sandbox's one entry: every definition's id is a workflow type, and this function runs all of them.
 * Types of our own hold a colon, which no id can, and are told apart inside; none is exported by name.
 */
import { createMain } from './main';

const main = createMain();

export default main;

// The SDK looks a workflow type up as a plain property of this module, so the type `constructor` would run `Object`.
// Taking the names that every object inherits sends them to the function above, which refuses them.
export {
  main as constructor,
  main as hasOwnProperty,
  main as isPrototypeOf,
  main as propertyIsEnumerable,
  main as toLocaleString,
  main as toString,
  main as valueOf,
  main as __defineGetter__,
  main as __defineSetter__,
  main as __lookupGetter__,
  main as __lookupSetter__,
};
