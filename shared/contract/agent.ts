import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { found } from '../model/found.ts';
import { overview } from '../model/overview.ts';
import { pause } from '../model/pause.ts';
import { command, nothing } from './base.ts';
import { agentEvent } from './events.ts';

const keychainState = z.object({
  kind: z.enum(['os-keychain', 'key-file', 'passphrase']).nullable(),
  /**
   * `ready`; `opening`: right after the start, until the place of the key has answered; `not-chosen`: no keychain here and
   * nobody chose another way yet; the rest as the sentence says.
   */
  state: z.enum(['ready', 'opening', 'not-chosen', 'locked', 'missing', 'wrong', 'unavailable']),
  sentence: z.string(),
  /** Shown once, right after the master key was made; then null for ever. Empty the screen after reading. */
  recoveryKeyWaiting: z.boolean(),
});
export type KeychainState = z.infer<typeof keychainState>;

const agentStatus = z.object({
  /** Given by a person; null: none. */
  name: z.string().nullable(),
  version: z.string(),
  startedAt: z.number().int(),
  face: z.enum(['desktop', 'headless', 'cli']),
  dataDirectory: z.string(),
  pid: z.number().int(),
  keychain: keychainState,
  /** Null: the agent works. */
  pause: pause.nullable(),
  renewals: z.object({
    /** When what is due was last checked; null: not yet. */
    lastCheckAt: z.number().int().nullable(),
    /** Since when that has not been done, when it is too long ago; null: all is well. */
    silentSince: z.number().int().nullable(),
  }),
});
export type AgentStatus = z.infer<typeof agentStatus>;

/** A week: for longer, certificates with a short life would end. */
const longestPauseMinutes = 7 * 24 * 60;
const pauseLength = `A pause must take 1 to ${longestPauseMinutes} minutes.`;
const aboutBuild = z.object({
  version: z.string(),
  /** Whether the programs carry a signature of the operating system; `checkout`: run from its sources. */
  build: z.enum(['signed', 'not-signed', 'checkout']),
  /** What others made of it, by name; empty in a checkout. */
  parts: z.array(z.object({ name: z.string(), version: z.string(), license: z.string() })),
});
export type AboutBuild = z.infer<typeof aboutBuild>;

export const agent = {
  status: command
    .meta({ cli: 'status', help: 'Show whether the agent is running and healthy.' })
    .input(nothing)
    .output(agentStatus),
  /** What this program is made of. */
  about: command
    .meta({ cli: 'about', help: 'Show the version, how it is signed, and which parts of it others made.' })
    .input(nothing)
    .output(aboutBuild),
  /** The whole license of one of its parts; empty where there is none. */
  license: command
    .meta({ cli: 'license', help: 'Show the license of one of its parts.', positional: 'name' })
    .input(z.object({ name: z.string().min(1).max(214) }).strict())
    .output(z.object({ text: z.string() })),
  overview: command
    .meta({ cli: 'overview', help: 'Show what is served, expiring and waiting, worst first.' })
    .input(nothing)
    .output(overview),
  find: command
    .meta({
      cli: 'find',
      help: 'Find endpoints, nodes and certificates by parts of their names.',
      positional: 'text',
    })
    .input(
      z
        .object({
          /** Words; each must be somewhere in the names. */
          text: z.string().min(1).max(200),
          limit: z.number().int().min(1).max(1000).optional(),
        })
        .strict(),
    )
    .output(z.array(found)),
  /** Live: everything that changed, as it changes. Starts with a `hello`. */
  events: command.meta({}).input(nothing).output(eventIterator(agentEvent)),
  /** Refused with `agent.no-window` where there is none to show. */
  show: command
    .meta({ cli: 'show', help: 'Bring the window of the running desktop application to the front.' })
    .input(nothing)
    .output(nothing),
  /** What runs finishes, and what a person asks for is done. Replaces a pause that holds. */
  pause: command
    .meta({
      cli: 'pause',
      help: 'Pause automatic work for an hour, or as long as said: no renewal and no other task is begun or continued that no person started. What is running finishes.',
      mutates: true,
    })
    .input(
      z
        .object({
          minutes: z
            .number()
            .int()
            .min(1, { error: pauseLength })
            .max(longestPauseMinutes, { error: pauseLength })
            .optional(),
          until_tomorrow: z.boolean().optional(),
        })
        .strict(),
    )
    .output(pause),
  resume: command
    .meta({ cli: 'resume', help: 'End the pause: automatic work continues.', mutates: true })
    .input(nothing)
    .output(z.object({ wasPaused: z.boolean() })),
  stop: command
    .meta({ cli: 'stop', help: 'Let the running agent finish its steps and stop.', mutates: true })
    .input(nothing)
    .output(nothing),
};

export const secrets = {
  state: command
    .meta({ cli: 'secrets state', help: 'Show where the master key is kept and whether it is available.' })
    .input(nothing)
    .output(keychainState),
  /** For machines without a keychain: a person chooses where the master key is kept. */
  choose: command
    .meta({
      cli: 'secrets choose',
      help: 'Choose where the master key is kept when there is no keychain.',
      positional: 'kind',
      mutates: true,
      begins: true,
    })
    .input(
      z
        .object({
          kind: z.enum(['os-keychain', 'key-file', 'passphrase']),
          /** With `key-file`: where; default beside the database. */
          path: z.string().max(4096).optional(),
          passphrase: z.string().min(12).max(1024).optional().meta({ secret: true }),
        })
        .strict(),
    )
    .output(keychainState),
  unlock: command
    .meta({
      cli: 'secrets unlock',
      help: 'Unlock with the passphrase, or try the keychain again.',
      mutates: true,
    })
    .input(z.object({ passphrase: z.string().max(1024).optional().meta({ secret: true }) }).strict())
    .output(keychainState),
  /**
   * A new master key and a new recovery key; every sealed value is sealed anew in one pass. Killed at any point, the
   * next start finds everything under the old keys or under the new ones.
   */
  rotate: command
    .meta({
      cli: 'secrets rotate',
      help: 'Create a new master key and encrypt every stored secret again. The old recovery key stops working.',
      mutates: true,
    })
    .input(z.object({ passphrase: z.string().min(12).max(1024).optional().meta({ secret: true }) }).strict())
    .output(
      keychainState.extend({
        resealed: z.number().int(),
        /** Values that were damaged before and stay as they are, as people name them: `"password" of the endpoint "web1"`. */
        damaged: z.array(z.string()).default([]),
      }),
    ),
  recoveryKey: command
    .meta({ cli: 'secrets recovery-key', help: 'Show the recovery key. This works once.', mutates: true })
    .input(nothing)
    .output(z.object({ recoveryKey: z.string().meta({ shownOnce: true }) })),
  recover: command
    .meta({
      cli: 'secrets recover',
      help: 'Enter the recovery key after the keychain lost its entry.',
      mutates: true,
    })
    .input(z.object({ recovery_key: z.string().min(1).max(200).meta({ secret: true }) }).strict())
    .output(keychainState),
};
