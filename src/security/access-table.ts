/** The matrix of docs/security.md, written from the table of permissions; `node scripts/security.mjs` puts it in. */
import { COMMAND_ACCESS, LIBRARY_ACCESS, ROUTE_ACCESS } from './access';
import type { Permission } from './roles';
import { grants, PERMISSIONS, ROLES } from './roles';

const MARKER = '<!-- access -->';

/** One line per permission: who has it, and the routes, commands and calls that need it. */
export function accessTable(): string {
  const rows = (Object.keys(PERMISSIONS) as Permission[]).map((permission) => [
    `\`${permission}\``,
    ...ROLES.map((role) => (grants([role], permission) ? '✔' : '')),
    [...routes(permission), ...commands(permission), ...calls(permission)].map((one) => `\`${one}\``).join('<br>'),
  ]);
  const head = ['permission', ...ROLES, 'needed by'];
  const open = Object.keys(ROUTE_ACCESS).filter((name) => ROUTE_ACCESS[name] === 'public');
  return [
    line(head),
    line(head.map(() => '---')),
    ...rows.map(line),
    '',
    `Without a key: ${open.map((name) => `\`${name}\``).join(', ')}, \`/\`, \`/console\`, \`/sign-in\`.`,
  ].join('\n');
}

/** The page with the table between its two markers. */
export function withAccessTable(page: string): string {
  const [before, , after] = page.split(MARKER);
  if (after === undefined) throw new Error(`docs/security.md needs ${MARKER} twice`);
  return `${before}${MARKER}\n\n${accessTable()}\n\n${MARKER}${after}`;
}

const routes = (permission: Permission): readonly string[] =>
  Object.keys(ROUTE_ACCESS).filter((name) => ROUTE_ACCESS[name] === permission);

const commands = (permission: Permission): readonly string[] =>
  Object.keys(COMMAND_ACCESS)
    .filter((name) => COMMAND_ACCESS[name]?.includes(permission))
    .map((name) => `omni ${name}`);

const calls = (permission: Permission): readonly string[] =>
  Object.keys(LIBRARY_ACCESS).filter((name) => LIBRARY_ACCESS[name] === permission);

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
