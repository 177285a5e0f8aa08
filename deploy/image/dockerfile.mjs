// Reads the instructions of a Dockerfile into stages: what replay-image.mjs does and the tests look at.

/**
 * @typedef {{ name: string, words: readonly string[], text: string, flags: Readonly<Record<string, string>> }} Instruction
 * `words` are those of the JSON form or the shell form, `text` is the shell form as written, both without flags.
 * @typedef {{ name: string, base: string, instructions: readonly Instruction[] }} Stage
 */

const INSTRUCTIONS = new Set(
  'FROM ARG ENV LABEL WORKDIR COPY RUN USER EXPOSE HEALTHCHECK CMD ENTRYPOINT STOPSIGNAL'.split(' '),
);

/** @returns {Stage[]} Throws on an instruction that nobody here understands: a replay that skips one proves nothing. */
export function parseDockerfile(source) {
  const lines = source.split('\n').filter((line) => !/^\s*#/.test(line));
  const joined = lines
    .join('\n')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n');
  const globals = {};
  const stages = [];
  for (const line of joined.map((each) => each.trim()).filter(Boolean)) {
    const instruction = parseInstruction(line);
    if (instruction.name === 'FROM') {
      const [base, as, name] = instruction.words;
      if (as !== undefined && as.toUpperCase() !== 'AS') throw new Error(`not understood: ${line}`);
      stages.push({ name: name ?? '', base: expand(base, globals), instructions: [] });
    } else if (stages.length > 0) stages.at(-1).instructions.push(instruction);
    else Object.assign(globals, pairs(instruction));
  }
  return stages;
}

function parseInstruction(line) {
  const [, name, rest] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
  if (name === undefined || !INSTRUCTIONS.has(name.toUpperCase())) throw new Error(`not understood: ${line}`);
  const flags = {};
  let text = rest;
  for (let flag; (flag = /^--([\w-]+)=(\S+)\s+/.exec(text)); text = text.slice(flag[0].length))
    flags[flag[1]] = flag[2];
  return { name: name.toUpperCase(), flags, text, words: words(text) };
}

function words(text) {
  if (text.startsWith('[')) return JSON.parse(text);
  return [...text.matchAll(/(?:[^\s"]|"[^"]*")+/g)].map(([word]) => word.replaceAll('"', ''));
}

/** The variables that ENV, ARG and LABEL set; an ARG without a default is empty. */
export function pairs({ words: list }) {
  return Object.fromEntries(list.map((word) => [word.split('=')[0], word.slice(word.indexOf('=') + 1 || word.length)]));
}

export function expand(text, variables) {
  return text.replaceAll(/\$\{(\w+)\}|\$(\w+)/g, (_, a, b) => variables[a ?? b] ?? '');
}
