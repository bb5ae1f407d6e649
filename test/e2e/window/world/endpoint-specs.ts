import type { ServedState } from '#shared/model/node.ts';
import type { issuers } from './said-by-others.ts';

export interface NodeSpec {
  names: string[];
  at: string[];
  /** Days of life left; null: plain HTTP. */
  left: number | null;
  issuer?: keyof typeof issuers;
  order?: number;
  served?: ServedState;
  alias?: string;
  gone?: boolean;
  /** Its certificate is at a path with this variable. */
  variable?: string;
}

export interface EndpointSpec {
  name: string;
  type: 'nginx' | 'pem';
  host?: string;
  /** Id of a credential store, and of a credential in it. */
  login?: [string, string];
  version?: string | null;
  /** No nginx is found there. */
  broken?: true;
  undiscovered?: boolean;
  /** It reads the files of certbot. */
  byCertbot?: true;
  nodes: NodeSpec[];
}
