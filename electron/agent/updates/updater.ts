import type { PackageKind } from '#shared/model/update.ts';
import type { Get } from '../../updates/fetch-file.ts';
import type { UpdateMark } from '../../updates/mark.ts';
import type { UpdatePolicy } from '../../updates/policy.ts';
import type { ReleaseFacts } from '../../updates/release-keys.ts';
import type { Statement, StatementSignature } from '../../updates/statement.ts';

/** A file that was checked; whoever runs it checks it once more. */
export interface CheckedUpdate {
  file: string;
  statement: Statement;
  signatures: readonly StatementSignature[];
}

/**
 * What replaces the program. Both refuse with Failure (`update.not-writable`, `update.no-previous`, `update.tampered`) what
 * can be known now, and nothing has changed then. Otherwise they come back, the application ends, and the other version starts.
 */
export interface Updater {
  install(update: CheckedUpdate): Promise<void>;
  goBack(): Promise<void>;
}

/** Everything about updates that comes from outside the agent. */
export interface UpdateParts {
  /** Null where this program cannot replace itself: on the command line, as a service, in a package of the system. */
  updater: Updater | null;
  kind: PackageKind;
  /** What its manager of packages calls it; null: by the usual name. */
  packageName: string | null;
  release: ReleaseFacts;
  /** Asked at each use. Throws `update.policy-unreadable`. */
  policy(): UpdatePolicy;
  get: Get;
  /** Where downloads are kept. */
  folder: string;
  /** What the version before left; null: nothing. */
  mark(): UpdateMark | null;
  version: string;
  platform: string;
  arch: string;
  /** 0 to below 1. */
  random(): number;
}
