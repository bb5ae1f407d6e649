import { Failure } from '#shared/failure.ts';
import { certificatesOf } from '../../../pki/pem.ts';
import type { PairGoal, Replacement } from '../common/planned-files.ts';
import { withoutLine } from './edits.ts';
import type { PlanFacts } from './plan-facts.ts';
import { hostLabel } from './sharing.ts';
import type { Pair, VirtualHost } from './vhosts.ts';

/**
 * What is done about SSLCertificateChainFile, which wins over the chain that is written into the certificate file: its line
 * goes, where every certificate that it completes is replaced too or has its own chain. Null: there is none. `node.not-installable`.
 */
export function chainEdit(facts: PlanFacts, goal: PairGoal): { edit: Replacement; warning: string } | null {
  const { chosen, hosts, contents } = facts;
  const { chain } = chosen.host;
  if (chain === null) return null;
  const place = `${chain.directive.file}:${chain.directive.line}`;
  const edit = chain.once ? withoutLine(chain, (file) => contents.get(file)) : null;
  if (edit === null)
    throw refused(
      `SSLCertificateChainFile (${place}) would be served in place of the new chain, and its line is shared or made by a macro, so it cannot be removed for this virtual host alone.`,
      'Remove it: the certificate file may hold the whole chain.',
    );
  const needs = hosts.find(
    (host) =>
      host.chain?.directive === chain.directive &&
      host.pairs.some((pair) => needsIt(facts, goal, host, pair)),
  );
  if (needs !== undefined)
    throw refused(
      `SSLCertificateChainFile (${place}) would be served in place of the new chain, and a certificate of ${hostLabel(needs)} cannot do without it.`,
      `Put the chain of that certificate into its own file, behind the certificate, and remove SSLCertificateChainFile.`,
    );
  return {
    edit,
    warning: `The line SSLCertificateChainFile (${place}) is removed: it would win over the new chain, which is in the certificate file.`,
  };
}

/** A certificate that stays, and whose own file has no chain. */
function needsIt({ chosen, real, read }: PlanFacts, goal: PairGoal, host: VirtualHost, pair: Pair): boolean {
  const { path } = pair.certificate;
  if (path === null || (host === chosen.host && pair === chosen.pair)) return false;
  if (real(path) === goal.certificate) return false;
  const disk = read(path);
  return disk === null || (!disk.facts.selfSigned && certificatesOf(disk.chainPem).length < 2);
}

const refused = (sentence: string, hint: string): Failure =>
  new Failure('node.not-installable', sentence, { hint: `${hint} Nothing was changed.` });
