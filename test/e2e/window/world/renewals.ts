import { decideRenewal } from '../../../../electron/agent/policies/renewal.ts';
import type { World } from './world.ts';

/** When each managed node is renewed, as the agent decides it. */
export function addRenewals(world: World): void {
  for (const target of world.nodes) {
    if (target.orderNumber === null || target.certificate === null) continue;
    const { notBefore, notAfter, fingerprint } = target.certificate;
    world.renewals.push({
      nodeId: target.id,
      fingerprint,
      ...decideRenewal({
        now: world.now,
        notBefore,
        notAfter,
        ari: null,
        failures: 0,
        lastFailedAt: null,
        spread: 0,
      }),
      failures: 0,
      lastFailure: null,
      ariStart: null,
      ariEnd: null,
      ariAskAgainAt: null,
    });
  }
}
