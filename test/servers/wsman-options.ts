import type { Program } from './wsman-command.ts';
import type { Shells } from './wsman-shells.ts';
import type { Wrong } from './wsman-soap.ts';

/** How the stand-in of a WinRM service is set up. */
export interface WsmanOptions {
  /** By `DOMAIN\user`, or the name alone. */
  users?: Record<string, string>;
  /** What runs, by its command line. */
  programs?: (argv: readonly string[]) => Program | undefined;
  /** PEM, and the leaf's DER: HTTPS. */
  tls?: { certificatePem: string; keyPem: string; der: Buffer };
  /** Ways to log in that are offered. Default: Negotiate. */
  offers?: readonly string[];
  maxEnvelope?: number;
  shells?: number;
  processes?: number;
  commands?: number;
  streamBytes?: number;
  /** Milliseconds before each answer. */
  delayMs?: number;
  /** These accounts may log in and nothing else. */
  notAdministrators?: readonly string[];
  /** Does not compare the address of messages, as Windows does not: pywinrm writes one of its own. */
  anyDestination?: boolean;
  /** NTLM flags that are not agreed to. */
  withoutFlags?: number;
}

export type Interference =
  | { status: number; body?: string; type?: string }
  | Wrong
  /** The line is cut before anything happens. */
  | 'cut'
  /** It is carried out and its answer is lost on the way. */
  | 'lose-the-answer'
  | 'answer-in-clear'
  | 'answer-another'
  | 'damage'
  | 'never-answer';

export interface WsmanCall {
  /** `Create`, `Command`…; `hello` and `proof` of a log-in. */
  action: string;
  status: number;
  sealed: boolean;
  connection: number;
}

export interface WsmanServer {
  port: number;
  shells: Shells;
  calls: WsmanCall[];
  /** What a strict service found wrong. */
  incidents: string[];
  /** Passwords that were tried and are wrong. */
  refusals: string[];
  connections(): number;
  delayMs: number;
  /** Asked for each message; null: nothing special. `nth`: of this action, from 1. */
  interfere: (action: string, nth: number) => Interference | null;
  /** The sockets that are open now are closed. */
  dropConnections(): void;
  stop(): Promise<void>;
}
