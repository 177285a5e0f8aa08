/** The versions of a definition: all that were published, and that of its file. */
import type { StoredDefinition } from '../store/definition-table';
import type { CatalogueEntry } from './catalogue';
import { compareVersions } from './version';

export interface DefinitionVersion {
  readonly version: string;
  readonly origin: 'file' | 'published';
  /** What is started now. */
  readonly current: boolean;
  readonly publishedAt?: string;
  /** As it was written. */
  readonly text: string;
}

export interface KnownVersions {
  readonly file: CatalogueEntry | undefined;
  readonly published: readonly Pick<StoredDefinition, 'version' | 'text' | 'createdAt'>[];
  readonly current: CatalogueEntry;
}

/** The highest first. A file whose version cannot be read is left out. */
export function versionsOf({ file, published, current }: KnownVersions): readonly DefinitionVersion[] {
  const counts = (origin: CatalogueEntry['origin'], version: string): boolean =>
    current.origin === origin && current.definition?.version === version;
  const version = file?.definition?.version;
  const ofFile: readonly DefinitionVersion[] =
    file === undefined || version === undefined
      ? []
      : [{ version, origin: 'file', current: counts('file', version), text: file.text }];
  const stored = published.map((row): DefinitionVersion => ({
    version: row.version,
    origin: 'published',
    current: counts('published', row.version),
    publishedAt: row.createdAt.toISOString(),
    text: row.text,
  }));
  return [...stored, ...ofFile].sort((a, b) => compareVersions(b.version, a.version));
}
