import type { PackageKind } from '#shared/model/update.ts';
import type { Draft } from '../notification-words.ts';
import type { InForce } from './in-force.ts';
import type { Phase } from './phase.ts';

interface Facts {
  phase: Phase;
  force: InForce;
  version: string;
  kind: PackageKind;
  commands: readonly string[];
  /** What an installation waits for; null: for nothing. */
  waitsFor: string | null;
  /** Whoever asks cannot install it. */
  cannotInstall: boolean;
}

/** The state in one sentence. Pure. */
export function stateSentence(facts: Facts): string {
  const { phase, version, force } = facts;
  switch (phase.name) {
    case 'idle':
      return force.enabled ? `Trustkeep ${version} is in use; the next check will come.` : offSentence(facts);
    case 'checking':
      return 'The feed is being asked.';
    case 'up-to-date':
      return `Trustkeep ${version} is the newest version for this machine.`;
    case 'available':
      return `Trustkeep ${phase.offer.shown.version} is available. ${howToInstall(facts)}`;
    case 'downloading':
      return `Trustkeep ${phase.offer.shown.version} is being downloaded: ${percentOf(phase.bytes, phase.offer.shown.size)} %.`;
    case 'ready':
      return `Trustkeep ${phase.offer.shown.version} is downloaded and checked. ${facts.waitsFor ?? 'It can be installed.'}`;
    case 'installing':
      return `Trustkeep ends, and version ${phase.offer.shown.version} starts.`;
    case 'failed':
      return phase.failure.message;
  }
}

function howToInstall({ commands, cannotInstall, kind }: Facts): string {
  if (commands.length > 0) return `To update, run: ${commands.join('; ')}`;
  if (kind === 'archive' || kind === 'macos') return 'Download it, and put it in the place of this version.';
  return cannotInstall ? 'Start the desktop application to install it.' : 'It has not been downloaded yet.';
}

function offSentence({ force, kind, commands }: Facts): string {
  switch (force.disabledBy) {
    case 'policy':
      return (
        force.trouble?.message ??
        `Autoupdate is switched off by ${force.policy.enabled ?? 'an administrator'}.`
      );
    case 'package':
      return `This package (${kind}) does not update itself. ${commands.length > 0 ? `To update, run: ${commands.join('; ')}` : 'To update, put a newer one in its place.'}`;
    case 'feed':
      return 'No address for updates is set, and none is built into this version.';
    default:
      return 'Autoupdate is switched off; no request is made.';
  }
}

export function percentOf(bytes: number, size: number): number {
  return Math.min(100, Math.floor((100 * bytes) / size));
}

const system = { kind: 'system', level: 'info' } as const;

export function aboutReady(version: string): Draft {
  return {
    ...system,
    title: 'Update ready',
    sentence: `Trustkeep ${version} is downloaded and can be installed.`,
  };
}

export function aboutUpdated(from: string, to: string): Draft {
  return {
    ...system,
    level: 'success',
    title: 'Trustkeep was updated',
    sentence: `Version ${to} has replaced ${from}.`,
  };
}

export function aboutGoneBack(from: string, to: string): Draft {
  return {
    ...system,
    level: 'attention',
    title: 'Trustkeep went back',
    sentence: `Version ${to} is in use again in place of ${from}, which will not be installed automatically.`,
  };
}

export function aboutNotTaken(sentence: string): Draft {
  return { ...system, level: 'attention', title: 'The update was not installed', sentence };
}

export function aboutNotGoneBack(sentence: string): Draft {
  return { ...system, level: 'attention', title: 'The previous version was not put back', sentence };
}
