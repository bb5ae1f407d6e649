import type { AuthorityKind } from '../../model/authority.ts';
import type { Descriptor } from '../descriptor.ts';
import { acme } from './acme.ts';
import { local } from './local.ts';

export const authorityCatalog: Record<AuthorityKind, Descriptor> = { local, acme };
