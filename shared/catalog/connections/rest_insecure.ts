import { z } from 'zod';
import { defineConnection } from './definition.ts';
import { icontrol, icontrolPort, icontrolWays } from './icontrol.ts';
import { unverifiedFields, unverifiedFrom, unverifiedShape, unverifiedToFlat } from './unverified.ts';

const settings = z.object({ type: z.literal('rest_insecure'), ...icontrol.shape, ...unverifiedShape });
export type RestInsecureSettings = z.infer<typeof settings>;

export const restInsecure = defineConnection({
  id: 'rest_insecure',
  label: 'REST, certificate not verified',
  help: 'iControl REST over HTTPS with whoever answers, for a stated reason and until a stated day.',
  fields: [...icontrol.fields, ...unverifiedFields],
  settings,
  kind: 'requests',
  system: 'any',
  runsHere: false,
  authenticates: icontrolWays,
  refused: 'icontrol.login-refused',
  usualPort: icontrolPort,
  told: (one) => icontrol.told(one, null),
  verifies: false,
  unverified: ({ reason, until }) => ({ reason, until }),
  toFlat: (one) => ({ ...icontrol.toFlat(one), ...unverifiedToFlat(one) }),
  fromFlat: (flat, way) => ({
    ...{ type: 'rest_insecure', ...icontrol.from(flat, way, 'rest_insecure') },
    ...unverifiedFrom(flat, 'rest_insecure'),
  }),
  bound: (one) => ({ type: one.type, ...icontrol.bound(one), until: one.until, reason: one.reason }),
});
