/** A table of rows, which on a narrow screen stand below each other, each value beside the name of its column. */
import type { ComponentChildren } from 'preact';

export interface Column<T> {
  readonly name: string;
  readonly cell: (one: T) => ComponentChildren;
  /** `number` stands at the end of its column, `short` is never broken, `wide` takes what room is left. */
  readonly kind?: 'number' | 'short' | 'wide';
}

interface TableProps<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (one: T, index: number) => string | number;
}

/** Roles are said, because what is drawn otherwise than as a table is none to a screen reader. */
export function Table<T>({ label, columns, rows, keyOf }: TableProps<T>) {
  return (
    <div class="scrolls" tabIndex={0} role="group" aria-label={`${label}, rows`}>
      <table class="plain is-tight is-stacked" role="table" aria-label={label}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(({ name, kind }) => (
              <th scope="col" role="columnheader" key={name} class={kind}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((one, index) => (
            <tr role="row" key={keyOf(one, index)}>
              {columns.map(({ name, cell, kind }) => (
                <td role="cell" key={name} class={kind} data-name={name}>
                  {cell(one)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
