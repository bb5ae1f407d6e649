import { asFailure, type Failure } from '#shared/failure.ts';
import type { AutoupdateSettings, AutoupdateStatus } from '#shared/model/update.ts';
import { selfUpdating } from '../../updates/package-kind.ts';
import type { UpdatePolicy } from '../../updates/policy.ts';
import type { UpdateParts } from './updater.ts';

/** What counts now: the setting, unless an administrator decided it. */
export interface InForce {
  /** Checks are made on their own. */
  enabled: boolean;
  disabledBy: AutoupdateStatus['disabledBy'];
  feed: string | null;
  channel: string;
  install: AutoupdateSettings['install'];
  window: string;
  policy: AutoupdateStatus['policy'];
  /** The policy cannot be read: nothing is fetched then, by hand neither. */
  trouble: Failure | null;
}

export function inForce(
  settings: AutoupdateSettings,
  { policy: ask, kind, release }: Pick<UpdateParts, 'policy' | 'kind' | 'release'>,
): InForce {
  const { policy, trouble } = asked(ask);
  const feed = policy.feed?.value ?? settings.feed ?? release.feed;
  const disabledBy = reason(settings, policy, { kind, feed, trouble });
  return {
    enabled: disabledBy === null,
    disabledBy,
    feed,
    channel: policy.channel?.value ?? settings.channel,
    install: policy.install?.value ?? settings.install,
    window: policy.window?.value ?? settings.window,
    policy: {
      enabled: policy.enabled?.by ?? null,
      feed: policy.feed?.by ?? null,
      channel: policy.channel?.by ?? null,
      install: policy.install?.by ?? policy.window?.by ?? null,
    },
    trouble,
  };
}

function asked(ask: () => UpdatePolicy): { policy: UpdatePolicy; trouble: Failure | null } {
  try {
    return { policy: ask(), trouble: null };
  } catch (error) {
    return { policy: {}, trouble: asFailure(error) };
  }
}

function reason(
  settings: AutoupdateSettings,
  policy: UpdatePolicy,
  { kind, feed, trouble }: Pick<UpdateParts, 'kind'> & Pick<InForce, 'feed' | 'trouble'>,
): AutoupdateStatus['disabledBy'] {
  if (trouble !== null || policy.enabled?.value === false) return 'policy';
  if (!selfUpdating.includes(kind)) return 'package';
  if (policy.enabled === undefined && !settings.enabled) return 'setting';
  return feed === null ? 'feed' : null;
}
