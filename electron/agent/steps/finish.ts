import { paced } from '#kit/in-slices.ts';
import type { Certificate } from '#shared/model/certificate.ts';
import { decideRenewal } from '../policies/renewal.ts';
import { spreadOf } from '../policies/spread.ts';
import { leaveKept } from './leave.ts';
import { newCertificate } from './material.ts';
import { makeKeyOutput, proveOutput, snapshotOutput } from './shapes.ts';
import type { Step, StepContext } from './step.ts';
import { tagOf } from './tag.ts';

/** Reads the nodes again, clears up on the endpoint and sets the next renewal. What fails here is a warning: it is served. */
export const finishStep: Step = {
  name: 'finish',
  ifInterrupted: 'repeat',
  retries: [],
  async run(context) {
    const { database, clock, log } = context.tools;
    const { snapshot } = context.output('snapshot', snapshotOutput);
    const { path: keyPath } = context.output('make-key', makeKeyOutput);
    const { proved } = context.output('prove', proveOutput);
    const certificate = newCertificate(context);
    const warnings: string[] = [];
    let cleared = false;
    try {
      const { endpoint } = await context.tools.openConnection();
      try {
        // first: an endpoint that has just read where certificates lie need not ask again where to clear up
        const found = await endpoint.nodes();
        await paced(database.nodes.reconciling(context.endpoint().id, found, clock.now()));
      } finally {
        await endpoint.discard(snapshot, tagOf(context.task), keyPath);
        cleared = true;
      }
    } catch (error) {
      log.warn('clearing up after an install failed', { error, task: context.task.id });
      warnings.push(
        `Cleaning up on the endpoint failed: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    const store = (): void => {
      storeSuccess(context, certificate, proved);
      if (!cleared) leaveKept(context, { snapshot, keyPath }, warnings.join(' '));
    };
    const done = { output: {}, store };
    return warnings.length === 0
      ? { kind: 'done', ...done, sentence: 'Cleaned up; the next renewal is scheduled.' }
      : { kind: 'done-with-warning', ...done, sentence: warnings.join(' ') };
  },
};

function storeSuccess(context: StepContext, certificate: Certificate, proved: boolean): void {
  const { database, clock } = context.tools;
  const node = context.node();
  const endpoint = context.endpoint();
  if (endpoint.policy.autoRenew) {
    const facts = {
      now: clock.now(),
      notBefore: certificate.notBefore,
      notAfter: certificate.notAfter,
      ari: null,
      failures: 0,
      lastFailedAt: null,
    };
    const decision = decideRenewal({ ...facts, spread: spreadOf(node.id, certificate.fingerprint) });
    database.renewals.upsert({
      nodeId: node.id,
      fingerprint: certificate.fingerprint,
      ...decision,
      failures: 0,
      lastFailure: null,
      ariStart: null,
      ariEnd: null,
      ariAskAgainAt: clock.now(),
    });
  }
  context.tools.audit(
    'install.succeeded',
    context.task.id,
    'ok',
    `${node.name} on ${endpoint.name} has certificate ${certificate.fingerprint.slice(0, 16)} (order ${certificate.orderNumber ?? '-'}), ${proved ? 'proved to be served' : 'not proved to be served'}.`,
  );
}
