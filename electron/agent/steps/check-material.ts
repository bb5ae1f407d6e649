import { Failure } from '#shared/failure.ts';
import { authorityDefinition } from '#shared/model/authority.ts';
import { checkMaterial } from '../../pki/chain.ts';
import { type ChainEnd, chainEnd } from '../../pki/chain-end.ts';
import { certificatesOf } from '../../pki/pem.ts';
import { fillAfterHashes } from '../plans/certify.ts';
import { quickRetries } from '../tasks/retry.ts';
import { material, newCertificate, wipe } from './material.ts';
import { orderedFrom } from './ordered-from.ts';
import { checkedSeal } from './seal-issued.ts';
import { makeKeyOutput, planOutput } from './shapes.ts';
import type { Step, StepContext } from './step.ts';

/** The last look before anything is touched: pair, chain, dates, names; then the hashes the files will have. */
export const checkMaterialStep: Step = {
  name: 'check-material',
  ifInterrupted: 'repeat',
  retries: quickRetries,
  async run(context) {
    const { plan } = context.output('plan', planOutput);
    const key = context.output('make-key', makeKeyOutput);
    const certificate = newCertificate(context);
    const verdict = checkMaterial({
      chainPem: certificate.chainPem,
      spki: Buffer.from(key.spki, 'base64'),
      names: plan.names,
      keyType: plan.keyType,
      now: context.tools.clock.now(),
    });
    if (!verdict.ok) {
      const bad = verdict.checks.filter((check) => !check.ok).map((check) => check.sentence);
      throw new Failure(
        'material.unfit',
        `The certificate from ${orderedFrom(context).name} cannot be installed: ${bad.join(' ')}`,
        {
          hint: 'Nothing was changed on the endpoint.',
        },
      );
    }
    const { endpoint } = await context.tools.openConnection();
    const used = material(context);
    try {
      const filled = fillAfterHashes(plan, await endpoint.afterHashes(plan.install, used));
      const chain = await lookAtChain(context, certificate.chainPem, orderedFrom(context).id);
      // here, not with the step's end: without the master key nothing is sealed, and the step waits for it
      checkedSeal.put(context.tools.database, context.task.id, filled);
      return {
        kind: chain.end === 'alone' ? 'done-with-warning' : 'done',
        output: { plan: filled },
        sentence: `Key and certificate match, and the names and dates are right. ${chain.sentence}`,
      };
    } finally {
      wipe(used);
    }
  },
};

/** Complete means: it ends below a root that this machine, the authority's settings or the authority itself names. */
async function lookAtChain(context: StepContext, chainPem: string, authorityId: string): Promise<ChainEnd> {
  const { database, authority, machineRoots } = context.tools;
  const row = database.authorities.get(authorityId);
  const trusted = row === null ? null : authorityDefinition(row).reached(row.settings)?.trustedRootsPem;
  const own = row === null ? undefined : await authority(authorityId).root?.();
  const named = [...certificatesOf(trusted ?? ''), ...(own === undefined ? [] : [own.pem])];
  const ofAuthority = chainEnd(chainPem, named);
  return ofAuthority.end === 'root' ? ofAuthority : chainEnd(chainPem, machineRoots());
}
