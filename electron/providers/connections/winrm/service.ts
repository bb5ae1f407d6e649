import { randomUUID } from 'node:crypto';
import { Failure } from '#shared/failure.ts';
import {
  BadSoap,
  type Received,
  readAnswer,
  readCommandId,
  readReceived,
  readShellId,
  type SoapAnswer,
  type SoapFault,
} from './answer.ts';
import { bodies, type EnvelopeInput, writeEnvelope } from './envelope.ts';
import { broken } from './failures.ts';
import { type FaultKind, faultFailure, kindOf } from './faults.ts';
import { addressOf } from './place.ts';
import type { Access, AskOptions, WinrmTalk } from './talk.ts';
import { terminate } from './words.ts';

/** As Windows asks for since 2012: the default limit of a service. */
const maxAnswer = 512_000;
/** The service answers by itself before; what it does not answer this much later is lost. */
const graceMs = 10_000;
/** For everything that does not wait for a program. */
const usualMs = 20_000;
/** A shell that no one uses for so long is ended by the service: what we lose sight of does not stay. */
const idleSeconds = 300;
/** Before a message that was turned away for want of room is sent again. Nothing was done with it. */
const roomWaits = [250, 1000, 3000];
const noRoom: readonly FaultKind[] = ['throttled', 'operations'];

/** The service said a fault. What it means depends on what was asked for. */
export class Faulted extends Error {
  readonly fault: SoapFault;
  readonly kind: FaultKind;
  constructor(fault: SoapFault) {
    super('the service answered with a fault');
    this.fault = fault;
    this.kind = kindOf(fault);
  }
}

interface Asked extends Pick<EnvelopeInput, 'action' | 'shellId' | 'body' | 'options'> {
  operationMs?: number;
  repeat?: boolean;
  signal?: AbortSignal | undefined;
  onSending?: AskOptions['onSending'];
}

/** What may be asked of the service, over any connection to it. Each rejects with `Faulted`, a Failure, or the signal's reason. */
export class WinrmService {
  readonly #access: Access;

  constructor(access: Access) {
    this.#access = access;
  }

  /** Opens a shell and gives the ID under which the service knows it: the given one where it goes by it. */
  async create(
    talk: WinrmTalk,
    shellId: string,
    { signal, onSending }: Pick<AskOptions, 'signal' | 'onSending'>,
  ): Promise<string> {
    const options = [
      ['WINRS_NOPROFILE', 'TRUE'],
      ['WINRS_CODEPAGE', '65001'],
    ] as const;
    const body = bodies.create(shellId, idleSeconds);
    return readShellId(
      await this.#ask(talk, { action: 'create', shellId: null, body, options, signal, onSending }),
    );
  }

  /** Starts a program; its ID as the service knows it. */
  async command(
    talk: WinrmTalk,
    shellId: string,
    [program, ...args]: readonly [string, ...string[]],
    commandId: string,
    signal?: AbortSignal,
  ): Promise<string> {
    const options = [
      ['WINRS_CONSOLEMODE_STDIN', 'FALSE'],
      ['WINRS_SKIP_CMD_SHELL', 'FALSE'],
    ] as const;
    const body = bodies.command(commandId, program, args);
    return readCommandId(await this.#ask(talk, { action: 'command', shellId, body, options, signal }));
  }

  async send(
    talk: WinrmTalk,
    ids: ProgramIds,
    part: Uint8Array,
    end: boolean,
    signal?: AbortSignal,
  ): Promise<void> {
    const body = bodies.send(ids.commandId, part, end);
    await this.#ask(talk, { action: 'send', shellId: ids.shellId, body, signal });
  }

  /** What was printed since; null: nothing within `waitMs` (at least 500). */
  async receive(
    talk: WinrmTalk,
    ids: ProgramIds,
    waitMs: number,
    signal?: AbortSignal,
  ): Promise<Received | null> {
    const operationMs = Math.max(500, Math.round(waitMs));
    const body = bodies.receive(ids.commandId);
    const options = [['WSMAN_CMDSHELL_OPTION_KEEPALIVE', 'TRUE']] as const;
    try {
      const answer = await this.#ask(talk, {
        action: 'receive',
        shellId: ids.shellId,
        body,
        options,
        operationMs,
        signal,
      });
      return readReceived(answer, ids.commandId);
    } catch (thrown) {
      if (thrown instanceof Faulted && thrown.kind === 'nothing-yet') return null;
      throw thrown;
    }
  }

  /** Ends a program, and what the service keeps of one that has ended. */
  async signal(talk: WinrmTalk, { shellId, commandId }: ProgramIds): Promise<void> {
    await this.#ask(talk, {
      action: 'signal',
      shellId,
      body: bodies.signal(commandId, terminate),
      repeat: true,
    });
  }

  async delete(talk: WinrmTalk, shellId: string): Promise<void> {
    await this.#ask(talk, { action: 'delete', shellId, body: '', repeat: true });
  }

  async #ask(talk: WinrmTalk, asked: Asked): Promise<SoapAnswer> {
    for (let turn = 0; ; turn += 1) {
      const answer = await this.#once(talk, asked);
      if (answer.fault === null) return answer;
      const wait = roomWaits[turn];
      const faulted = new Faulted(answer.fault);
      if (wait === undefined || !noRoom.includes(faulted.kind)) throw faulted;
      await this.#access.clock.sleep(wait, asked.signal);
    }
  }

  async #once(talk: WinrmTalk, asked: Asked): Promise<SoapAnswer> {
    const {
      action,
      shellId,
      body,
      options,
      operationMs = usualMs,
      repeat = false,
      signal,
      onSending,
    } = asked;
    const messageId = randomUUID().toUpperCase();
    const to = addressOf(this.#access.place);
    const message = writeEnvelope({ action, to, messageId, operationMs, maxAnswer, shellId, options, body });
    const sent = { timeoutMs: operationMs + graceMs, maxBytes: maxAnswer * 2, repeat, signal, onSending };
    const bytes = await talk.ask(message, sent);
    try {
      const answer = readAnswer(bytes);
      const expected = `uuid:${messageId}`;
      const isOurs = answer.relatesTo?.toUpperCase() === expected.toUpperCase();
      if (isOurs || (answer.relatesTo === null && answer.fault !== null)) return answer;
      throw new BadSoap('the answer to another message');
    } catch (thrown) {
      talk.end();
      throw broken(thrown, this.#access.place, this.#access.description);
    }
  }

  /** Whatever was thrown as a Failure, or as the reason of the signal. */
  failureOf(thrown: unknown): unknown {
    if (thrown instanceof Failure) return thrown;
    if (thrown instanceof Faulted) return faultFailure(thrown.fault, this.#access.place);
    return broken(thrown, this.#access.place, this.#access.description);
  }
}

/** By which the service knows a program. */
export interface ProgramIds {
  shellId: string;
  commandId: string;
}

/** For a part of what a program reads, as long as its message stays below the limit of a service. */
export const partBytes = (limit: number): number => Math.floor(((limit - messageOverhead) / 4) * 3);
/** Everything of a message but the content. */
const messageOverhead = 4096;
