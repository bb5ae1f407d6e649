import { z } from 'zod';
import { type Change, changesOf, type Kept } from './changes/index.ts';
import { type Ownership, posix } from './changes/ownership.ts';
import { type Ground, type InstallPlan, plannedProof, type Remembers, sharing } from './plan.ts';
import type { Snapshot } from './snapshot.ts';

/*
 * The form that the part of an adapter had in plans of fingerprint version 1, and the way from there to the present
 * form and back. It stays as long as such a plan may be under way. Its words are part of old fingerprints: they stay
 * as they were.
 */

const firstState = z.object({ owner: z.string(), group: z.string(), mode: z.number().int() });
const firstFile = z.object({
  path: z.string(),
  holds: z.enum(['certificate', 'private-key', 'certificate-and-key', 'configuration']),
  before: firstState.extend({ sha256: z.string(), size: z.number().int() }).nullable(),
  after: firstState.extend({ sha256: z.string().nullable() }),
});
const firstEdit = z.object({
  path: z.string(),
  line: z.number().int(),
  before: z.string(),
  after: z.string(),
});
const firstCommand = z.object({ argv: z.array(z.string()), why: z.string() });
/** What `details` held, of nginx and of PEM files. */
const firstDetails = z.object({
  program: z
    .object({
      path: z.string(),
      version: z.string(),
      configPath: z.string(),
      prefix: z.string(),
      pidPath: z.string(),
      errorLogPath: z.string(),
    })
    .optional(),
  pidPath: z.string().optional(),
  configuration: z.record(z.string(), z.string()).optional(),
  links: z.record(z.string(), z.string()),
  edits: z
    .array(z.object({ path: z.string(), start: z.number().int(), end: z.number().int(), text: z.string() }))
    .optional(),
  newDirectories: z.array(z.object({ path: z.string(), like: z.string() })).optional(),
  keepDir: z.string(),
  keyName: z.string(),
  family: z.enum(['rsa', 'ecdsa']).nullable().optional(),
  previousFingerprint: z.string().nullable(),
});
type FirstDetails = z.infer<typeof firstDetails>;

export const firstInstallPlan = z.object({
  nodeKey: z.string(),
  files: z.array(firstFile),
  edits: z.array(firstEdit),
  commands: z.array(firstCommand),
  shares: z.array(sharing),
  proofs: z.array(plannedProof),
  warnings: z.array(z.string()),
  details: z.record(z.string(), z.unknown()),
});
type FirstInstallPlan = z.infer<typeof firstInstallPlan>;

const noDetails: FirstDetails = { links: {}, keepDir: '', keyName: '', previousFingerprint: null };

/** The present form of a plan made in the first one. Details that no adapter wrote are left out of it. */
export function fromFirstForm(first: FirstInstallPlan): InstallPlan {
  const { nodeKey, proofs, warnings } = first;
  const details = firstDetails.safeParse(first.details).data ?? noDetails;
  const isNginx = details.program !== undefined;
  return {
    nodeKey,
    changes: changesFrom(first, details),
    standsOn: groundsFrom(details),
    remembers: isNginx ? nginxFacts(details) : pemFacts(details),
    shares: isNginx ? first.shares : null,
    proofs,
    warnings,
  };
}

const mkdir = ({ path }: { path: string }) => ({
  argv: ['mkdir', '-p', '--', path],
  why: 'A directory for files of this node alone.',
});

function changesFrom(first: FirstInstallPlan, details: FirstDetails): Change[] {
  const directories = details.newDirectories ?? [];
  return [
    ...directories.map((one) => ({ kind: 'directory' as const, ...one })),
    ...first.files.map(({ path, holds, before, after }) => ({
      kind: 'file' as const,
      path,
      holds,
      before:
        before === null
          ? null
          : { sha256: before.sha256, size: before.size, ownership: ownershipFrom(before) },
      after: { sha256: after.sha256, ownership: ownershipFrom(after) },
    })),
    ...first.edits.map((edit, at) => ({
      kind: 'configuration-line' as const,
      ...edit,
      replaces: details.edits?.[at] ?? { path: edit.path, start: 0, end: 0, text: edit.after },
    })),
    ...first.commands.slice(directories.length).map((one) => ({ kind: 'command' as const, ...one })),
  ];
}

const ownershipFrom = ({ owner, group, mode }: z.infer<typeof firstState>): Ownership =>
  posix(owner, group, mode);

function groundsFrom({ configuration = {}, links }: FirstDetails): Ground[] {
  return [
    ...Object.entries(configuration).map(([name, sha256]) => ({ what: 'content' as const, name, sha256 })),
    ...Object.entries(links).map(([name, leadsTo]) => ({ what: 'link' as const, name, leadsTo })),
  ];
}

type Facts = Remembers['facts'];

function keptFacts({ keepDir, keyName, previousFingerprint }: FirstDetails): Facts {
  return [
    { name: 'keepDir', label: 'Copies and new keys are kept in', value: keepDir },
    { name: 'keyName', label: 'New keys are named after', value: keyName },
    { name: 'previousFingerprint', label: 'Certificate before', value: previousFingerprint },
  ];
}

function pemFacts(details: FirstDetails): Remembers {
  return { by: 'pem', version: 1, facts: keptFacts(details) };
}

function nginxFacts(details: FirstDetails): Remembers {
  const { program } = details;
  return {
    by: 'nginx',
    version: 1,
    facts: [
      ...keptFacts(details),
      { name: 'program', label: 'nginx program', value: program?.path ?? null },
      { name: 'version', label: 'nginx version', value: program?.version ?? null },
      { name: 'configPath', label: 'Main configuration file', value: program?.configPath ?? null },
      { name: 'prefix', label: 'Prefix it was built with', value: program?.prefix ?? null },
      { name: 'builtPidPath', label: 'Pid file it was built with', value: program?.pidPath ?? null },
      { name: 'errorLogPath', label: 'Error log it was built with', value: program?.errorLogPath ?? null },
      { name: 'pidPath', label: 'Pid file', value: details.pidPath ?? null },
      { name: 'family', label: 'Kind of key', value: details.family ?? null },
    ],
  };
}

/** The first form of a plan; null when it says what that form could not say. */
export function toFirstForm(install: InstallPlan): FirstInstallPlan | null {
  const { nodeKey, proofs, warnings, changes, shares } = install;
  const directories = changesOf(changes, 'directory');
  const lines = changesOf(changes, 'configuration-line');
  const files = changesOf(changes, 'file').map(({ kind: _kind, before, after, ...rest }) => ({
    ...rest,
    before:
      before === null ? null : { sha256: before.sha256, size: before.size, ...stateOf(before.ownership) },
    after: { sha256: after.sha256, ...stateOf(after.ownership) },
  }));
  const first = firstInstallPlan.safeParse({
    nodeKey,
    files,
    edits: lines.map(({ kind: _kind, replaces: _bytes, ...shown }) => shown),
    commands: [
      ...directories.map(mkdir),
      ...changesOf(changes, 'command').map(({ argv, why }) => ({ argv, why })),
    ],
    shares: shares ?? [],
    proofs,
    warnings,
    details: detailsOf(install),
  });
  return first.data ?? null;
}

const stateOf = (one: Ownership) =>
  one.system === 'posix' ? { owner: one.owner, group: one.group, mode: one.mode } : {};

function detailsOf({ changes, standsOn, remembers }: InstallPlan): FirstDetails {
  const of = (name: string): string | null => remembers.facts.find((one) => one.name === name)?.value ?? null;
  const links = standsOn.flatMap((one) => (one.what === 'link' ? [[one.name, one.leadsTo] as const] : []));
  const kept = {
    keepDir: of('keepDir') ?? '',
    keyName: of('keyName') ?? '',
    previousFingerprint: of('previousFingerprint'),
    links: Object.fromEntries(links),
  };
  if (remembers.by !== 'nginx') return kept;
  const contents = standsOn.flatMap((one) =>
    one.what === 'content' ? [[one.name, one.sha256] as const] : [],
  );
  const family = of('family');
  return {
    ...kept,
    program: {
      path: of('program') ?? '',
      version: of('version') ?? '',
      configPath: of('configPath') ?? '',
      prefix: of('prefix') ?? '',
      pidPath: of('builtPidPath') ?? '',
      errorLogPath: of('errorLogPath') ?? '',
    },
    pidPath: of('pidPath') ?? '',
    configuration: Object.fromEntries(contents),
    edits: changesOf(changes, 'configuration-line').map((one) => one.replaces),
    newDirectories: changesOf(changes, 'directory').map(({ path, like }) => ({ path, like })),
    family: family === 'rsa' || family === 'ecdsa' ? family : null,
  };
}

const firstKept = z.object({
  path: z.string(),
  keptAt: z.string().nullable(),
  sha256: z.string().nullable(),
  owner: z.string().nullable(),
  group: z.string().nullable(),
  mode: z.number().int().nullable(),
});
/** What undid an install then. A path that ends in `/` was a directory that did not exist. */
export const firstSnapshot = z.object({
  nodeKey: z.string(),
  files: z.array(firstKept),
  previousFingerprint: z.string().nullable(),
  startAgain: z.array(z.string()).optional(),
});

/** The present form of a snapshot taken in the first one. */
export function fromFirstSnapshot({ files, ...rest }: z.infer<typeof firstSnapshot>): Snapshot {
  return { ...rest, kept: files.map(keptFrom) };
}

function keptFrom({ path, keptAt, sha256, owner, group, mode }: z.infer<typeof firstKept>): Kept {
  if (path.endsWith('/')) return { kind: 'directory', path: path.slice(0, -1) };
  if (sha256 === null || owner === null || group === null || mode === null)
    return { kind: 'file', path, keptAt, before: null };
  return { kind: 'file', path, keptAt, before: { sha256, ownership: posix(owner, group, mode) } };
}
