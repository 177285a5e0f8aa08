/** The type `security`: finds risks in definitions and in what the program is made of. */
import type { AgentType } from '../capability';
import type { DependencySource } from './dependency-scan';
import { dependencyScan } from './dependency-scan';
import type { DefinitionParts } from './given-definition';
import { securityScan } from './security-scan';

export interface SecurityTypeParts extends DefinitionParts {
  readonly dependencies: DependencySource;
}

export const securityType = (parts: SecurityTypeParts): AgentType => ({
  type: 'security',
  description: 'Scans definitions and dependencies; it finds, and changes nothing.',
  capabilities: { security_scan: securityScan(parts), dependency_scan: dependencyScan(parts.dependencies) },
  aliases: { scan_definition: 'security_scan', scan_dependencies: 'dependency_scan' },
});
